/**
 * Monocoque's CURVE for `import`: there, libsodium is loaded before the first line of whoever imports it. RFC 25.
 * `require` gets curve-require.ts, where `ready` is awaited by the caller.
 */
import { ready } from "./curve-require.js";

export * from "./curve-require.js";

await ready;
