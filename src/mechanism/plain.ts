/** PLAIN: user name and password, in the clear. RFC 24. */
import { AS_SERVER_AT } from "../codec/greeting-layout.js";
import { octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { type Command, encodeCommand, nameAt } from "../session/command.js";
import type { Greeting } from "../session/greeting.js";
import type { Handshake, Mechanism, Progress } from "../session/mechanism.js";
import { Metadata, parseMetadata } from "../session/metadata.js";
import type { LocalInfo } from "../session/peer.js";
import { type Admission, judged, type Verdict, type ZapOptions, zapRequest } from "./zap.js";

const SECTION = "RFC 24, PLAIN";

/** Octets of a user name or a password. */
const MAX_CREDENTIAL = 255;

const CLIENT_CLOSED =
  "A PLAIN server closes without a word where it cannot decide now (ZAP 300), or is no server at all: are both ends " +
  "clients? Its log tells more.";

const SERVER_CLOSED = "Is the peer a PLAIN server, too? Then neither speaks first: one of them must be the client.";

/** @internal Who makes a `plainClient` in another thread. */
export const PLAIN_CLIENT = "monocoque:plainClient";

/** What a PLAIN client shows. */
export interface PlainCredentials {
  /** Up to 255 octets as UTF-8. */
  readonly username: string;
  /** Up to 255 octets as UTF-8. It travels as it is: PLAIN is for networks that nobody else listens to. */
  readonly password: string;
}

/** What is known of a peer that asks to come in. */
export interface PlainPeer {
  /** Where it is, if the transport says so. */
  readonly remoteAddress: string | undefined;
  /** The peer's greeting: its version, its mechanism, its as-server octet. */
  readonly greeting: Greeting;
}

/** Decides about a client; a promise holds this client's handshake up and nobody else's. */
export type PlainCheck = (username: string, password: string, peer: PlainPeer) => Verdict | Promise<Verdict>;

/**
 * PLAIN as a client, for the `mechanism` option.
 *
 * @throws A TypeError for credentials that are no strings or do not fit.
 */
export function plainClient({ username, password }: PlainCredentials): Mechanism {
  const hello = [...credential("username", username), ...credential("password", password)];
  return {
    name: "PLAIN",
    asServer: false,
    exposed: true,
    begin: (local, peer) => {
      return client(local, peer, hello);
    },
    recipe: () => ({ maker: PLAIN_CLIENT, from: { username, password } }),
  };
}

/**
 * PLAIN as a server, for the `mechanism` option.
 *
 * @param check - Decides about each client: a function of name and password, or `{ zap, domain }`. A bare `true` makes
 *   the user name the peer's `userId`.
 */
export function plainServer(check: PlainCheck | ZapOptions): Mechanism {
  const zap = typeof check === "function" ? undefined : check;
  if (typeof check !== "function" && typeof check?.zap !== "function") {
    throw new TypeError("plainServer takes a function (username, password, peer) => boolean, or { zap }");
  }
  const ask = (local: LocalInfo, greeting: Greeting, username: Uint8Array, password: Uint8Array) => {
    if (zap !== undefined) return zap.zap(zapRequest("PLAIN", zap, local, [username, password]));
    const peer = { remoteAddress: local.remoteAddress, greeting };
    return (check as PlainCheck)(text(username), text(password), peer);
  };
  return { name: "PLAIN", asServer: true, exposed: true, begin: (local, peer) => server(local, peer, ask) };
}

function client({ properties }: LocalInfo, _: Greeting, hello: readonly Uint8Array[]): Handshake {
  let welcomed = false;
  return {
    closingHint: CLIENT_CLOSED,
    open: () => encodeCommand("HELLO", ...hello),
    receive(command) {
      const { name, data, position } = command;
      if (name === "WELCOME" && !welcomed) {
        if (data.length > 0) throw malformed("A WELCOME holds data", position);
        welcomed = true;
        return { type: "continue", send: encodeCommand("INITIATE", properties) };
      }
      if (name === "READY" && welcomed) return { type: "complete", metadata: parseMetadata(data, position) };
      throw unexpected(command, welcomed ? "READY" : "WELCOME");
    },
  };
}

type Ask = (
  local: LocalInfo,
  greeting: Greeting,
  username: Uint8Array,
  password: Uint8Array,
) => Verdict | Promise<Verdict>;

function server(local: LocalInfo, peer: Greeting, ask: Ask): Handshake {
  if (peer.asServer) throw twoServers();
  let accepted: Admission | undefined;
  return {
    closingHint: SERVER_CLOSED,
    open: () => undefined,
    receive(command) {
      const { name, data, position } = command;
      if (name === "HELLO" && accepted === undefined) {
        const [username, password] = credentialsIn(data, position);
        return judged(
          () => ask(local, peer, username, password),
          text(username),
          (verdict) => {
            accepted = verdict;
            return { type: "continue", send: encodeCommand("WELCOME") };
          },
        );
      }
      if (name === "INITIATE" && accepted !== undefined) return complete(local, command, accepted);
      throw unexpected(command, accepted === undefined ? "HELLO" : "INITIATE");
    },
  };
}

function complete(local: LocalInfo, { data, position }: Command, { userId, metadata }: Admission): Progress {
  const properties = new Metadata([...parseMetadata(data, position), ...metadata]);
  return { type: "complete", send: encodeCommand("READY", local.properties), metadata: properties, userId };
}

function credential(what: string, value: string): [Uint8Array, Uint8Array] {
  if (typeof value !== "string") throw new TypeError(`${what} is a string`);
  const bytes = octets(value);
  if (bytes.length > MAX_CREDENTIAL) throw new TypeError(`${what} has ${bytes.length} octets, at most 255 fit`);
  return [Uint8Array.of(bytes.length), bytes];
}

function credentialsIn(data: Uint8Array, position: number): [Uint8Array, Uint8Array] {
  const nameEnd = 1 + (data[0] ?? 0);
  const passwordEnd = nameEnd + 1 + (data[nameEnd] ?? 0);
  if (nameEnd >= data.length) throw malformed("A HELLO ends inside its user name", position);
  if (passwordEnd !== data.length) throw malformed("A HELLO's password does not fill it", position + nameEnd);
  // Copies: what the caller's check keeps must not change with the buffer it came in.
  return [new Uint8Array(data.subarray(1, nameEnd)), new Uint8Array(data.subarray(nameEnd + 1))];
}

/** A mark of byte order is a part of a password like any other: it is not left out, or two would be one. */
function text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function malformed(what: string, offset: number): ZmtpError {
  return new ZmtpError("MALFORMED_COMMAND", what, {
    offset,
    section: SECTION,
    hint: "The peer's implementation of PLAIN is broken: HELLO holds user name and password, each behind its length.",
  });
}

function unexpected(command: Command, wanted: string): ZmtpError {
  const bothClients = wanted === "WELCOME" && command.name === "HELLO";
  return new ZmtpError("UNEXPECTED_COMMAND", `The peer sent ${command.name} where ${wanted} has its place`, {
    offset: nameAt(command),
    section: SECTION,
    hint: bothClients ? "Both ends are PLAIN clients: make the one that decides a plainServer." : undefined,
  });
}

function twoServers(): ZmtpError {
  return new ZmtpError("AS_SERVER", "The peer is a PLAIN server, and so are we", {
    offset: AS_SERVER_AT,
    section: SECTION,
  });
}
