/** The oracle's PLAIN: RFC 24 alone, in both roles. */
import { ascii, type OracleCommand, writeCommand } from "./command.js";
import { type Fault, join } from "./framing.js";

/** What we are; the other end is the other. */
export type PlainRole = "client" | "server";

/** The one user there is. */
export const USERNAME = "ann";
export const PASSWORD = "secret";

const counted = (text: string) => join(Uint8Array.of(text.length), ascii(text));

/** "hello = command-size %d5 "HELLO" username password": each is its length in an octet, and so many octets. */
export const writeHello = (username = USERNAME, password = PASSWORD): Uint8Array =>
  writeCommand("HELLO", counted(username), counted(password));

/** "plain = C:hello ( S:welcome | S:error ) C:initiate ( S:ready | S:error )": what the other end has to say, in order. */
export const WANTED: Readonly<Record<PlainRole, readonly [string, string]>> = {
  client: ["WELCOME", "READY"],
  server: ["HELLO", "INITIATE"],
};

/** A denial is about no octet of the stream. */
const NOWHERE = undefined as unknown as number;

/** What is wrong with the first command of the other end; undefined if it is answered by the next step. */
export function firstFault(role: PlainRole, { data, dataAt }: OracleCommand): Fault | undefined {
  // "welcome = command-size %d7 "WELCOME"", and nothing more.
  if (role === "client") return data.length === 0 ? undefined : { code: "MALFORMED_COMMAND", offset: dataAt };
  const [usernameLength] = data;
  if (usernameLength === undefined || data.length < usernameLength + 2)
    return { code: "MALFORMED_COMMAND", offset: dataAt };
  const passwordAt = 1 + usernameLength;
  if (data[passwordAt] !== data.length - passwordAt - 1) {
    return { code: "MALFORMED_COMMAND", offset: dataAt + passwordAt };
  }
  // "The server accepts or rejects this authentication."
  const right = join(counted(USERNAME), counted(PASSWORD));
  const known = data.length === right.length && data.every((octet, i) => octet === right[i]);
  return known ? undefined : { code: "DENIED", offset: NOWHERE };
}
