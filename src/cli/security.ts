/** PLAIN and CURVE on the command line. Secrets come from a file or the environment. RFC 24, RFC 25, RFC 26. */
import { readFile } from "node:fs/promises";
import type { Cryptography } from "../mechanism/crypto.js";
import { curveClientWith } from "../mechanism/curve-client.js";
import { keyOf } from "../mechanism/curve-keys.js";
import { plainClient } from "../mechanism/plain.js";
import { sodiumCryptography } from "../mechanism/sodium.js";
import type { Mechanism } from "../session/mechanism.js";
import { hasSodium } from "../zeromq/curve-support.js";
import type { Context, Options } from "./command.js";
import { UsageError } from "./exit.js";

/** The options that choose a mechanism; none of them: NULL. */
export const SECURITY_OPTIONS: Options = {
  "plain-username": { type: "string", value: "NAME", help: "PLAIN: who we are; with --listen: who may come in" },
  "plain-password": { type: "string", value: "SOURCE", help: "PLAIN: where the password stands, see below" },
  "curve-server-key": { type: "string", value: "KEY", help: "CURVE: the server's public key, as Z85 or a SOURCE" },
  "curve-secret-key": {
    type: "string",
    value: "SOURCE",
    help: "CURVE: where our secret key stands; default: a new one",
  },
};

export const SECURITY_NOTE =
  "A SOURCE is file:PATH or env:NAME. A secret is not taken from the command line itself, which every user of the " +
  "machine can list. CURVE needs the package libsodium-wrappers beside monocoque.";

/** What the options ask for. */
export type Security =
  | { readonly name: "NULL" }
  | { readonly name: "PLAIN"; readonly username: string; readonly password: string }
  | {
      readonly name: "CURVE";
      readonly cryptography: Cryptography;
      /** Undefined: we are the server. */
      readonly serverKey: Uint8Array | undefined;
      readonly secretKey: Uint8Array;
      readonly publicKey: Uint8Array;
    };

/** Reads the options, and what they point at. */
export async function securityOf({ args: { values }, env }: Context): Promise<Security> {
  const text = (name: string) => (typeof values[name] === "string" ? (values[name] as string) : undefined);
  const listens = values.listen === true;
  const [username, password] = [text("plain-username"), text("plain-password")];
  const [serverKey, secretKey] = [text("curve-server-key"), text("curve-secret-key")];
  const plain = username !== undefined || password !== undefined;
  const curve = serverKey !== undefined || secretKey !== undefined;
  if (plain && curve) throw new UsageError("PLAIN and CURVE exclude each other: choose one");
  if (plain) {
    if (username === undefined) throw new UsageError("--plain-password needs --plain-username");
    if (password === undefined) throw new UsageError("--plain-username needs --plain-password file:PATH or env:NAME");
    return { name: "PLAIN", username, password: await secret("plain-password", password, env) };
  }
  if (!curve) return { name: "NULL" };
  if (listens && serverKey !== undefined) throw new UsageError("--curve-server-key is for who connects: leave it out");
  if (!listens && serverKey === undefined) throw new UsageError("--curve-secret-key needs --curve-server-key");
  const cryptography = await loaded();
  const pair = cryptography.keyPair();
  const ours =
    secretKey === undefined
      ? pair.secretKey
      : key("curve-secret-key", await secret("curve-secret-key", secretKey, env));
  const theirs = serverKey === undefined ? undefined : await sourced("curve-server-key", serverKey, env);
  return {
    name: "CURVE",
    cryptography,
    serverKey: theirs === undefined ? undefined : key("curve-server-key", theirs),
    secretKey: ours,
    publicKey: cryptography.publicKey(ours),
  };
}

/** The mechanism of a client; undefined: NULL. */
export function clientMechanism(security: Security): Mechanism | undefined {
  if (security.name === "NULL") return undefined;
  if (security.name === "PLAIN") return plainClient(security);
  const { cryptography, serverKey, secretKey } = security;
  return curveClientWith(cryptography, { serverKey: serverKey as Uint8Array, secretKey });
}

async function secret(name: string, source: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (/^(file|env):./.test(source)) return sourced(name, source, env);
  throw new UsageError(
    `--${name} is file:PATH or env:NAME: a secret on the command line is seen by all who list processes`,
  );
}

/** What stands there, without the line feed at its end; what names no source is meant as it is. */
async function sourced(name: string, source: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [, kind, where = ""] = /^(file|env):(.*)$/s.exec(source) ?? [];
  if (kind === undefined) return source;
  if (kind === "env") {
    const value = env[where];
    if (value === undefined) throw new UsageError(`--${name}: there is no ${where} in the environment`);
    return value;
  }
  try {
    return (await readFile(where, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    throw new UsageError(`--${name}: ${(error as Error).message}`);
  }
}

/** No error shows what was given: it may be a secret. */
function key(name: string, text: string): Uint8Array {
  try {
    return keyOf(text, `--${name}`);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function loaded(): Promise<Cryptography> {
  if (!hasSodium()) {
    throw new UsageError("CURVE needs the package libsodium-wrappers beside monocoque: npm install libsodium-wrappers");
  }
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  return sodiumCryptography(sodium);
}
