/** A socket's options for PLAIN and CURVE, and who may come in where we listen. RFC 24, RFC 26, RFC 27. */
import { sameOctets } from "../mechanism/curve-keys.js";
import { Reply } from "../socket/index.js";
import { useCurve } from "../socket/security.js";
import { curveSupport } from "../zeromq/curve-support.js";
import type { Security } from "./security.js";

const HANDLER = "inproc://zeromq.zap.01";
const utf8 = new TextEncoder();

/** Sets the socket's options; resolves with what has to be closed behind it. */
export async function secure(socket: object, security: Security, listens: boolean): Promise<() => void> {
  if (security.name === "NULL") return () => {};
  if (security.name === "CURVE") {
    const { serverKey, secretKey, publicKey } = security;
    useCurve(curveSupport);
    const keys = { curveSecretKey: Buffer.from(secretKey), curvePublicKey: Buffer.from(publicKey) };
    const server = serverKey && { curveServerKey: Buffer.from(serverKey) };
    // Without a handler there is encryption, and whoever knows our public key comes in.
    Object.assign(socket, keys, server ?? { curveServer: true });
    return () => {};
  }
  const { username, password } = security;
  if (!listens) {
    Object.assign(socket, { plainUsername: username, plainPassword: password });
    return () => {};
  }
  Object.assign(socket, { plainServer: true, zapDomain: "monocoque" });
  return letIn(utf8.encode(username), utf8.encode(password));
}

/** Answers who asks for admission: one name, one password. */
async function letIn(username: Uint8Array, password: Uint8Array): Promise<() => void> {
  const handler = new Reply();
  await handler.bind(HANDLER);
  const answer = async () => {
    for await (const [version, id, , , , , user, word] of handler) {
      const known = sameOctets(user, username) && sameOctets(word, password);
      await handler.send([version, id, known ? "200" : "400", known ? "OK" : "unknown name or password", user, ""]);
    }
  };
  // Once it is closed there is nobody to answer.
  answer().catch(() => {});
  return () => handler.close();
}
