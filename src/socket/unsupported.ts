/** Options that cannot be honoured here: refused where to ignore them would do harm, else told once. */
import { notHere } from "./errno.js";
import type { Settings } from "./settings.js";
import { warn } from "./warning.js";

/** Options that lead octets elsewhere than we can: they must not be ignored. */
const REFUSED: readonly (readonly [keyof Settings, string])[] = [
  ["socksProxy", "there is no SOCKS client here"],
  ["interface", "the engine binds to addresses, not to devices: give the address of the interface"],
];

/** Options that tune what the engine does not let us tune: they do no harm, and whoever sets them is told. */
const WITHOUT_EFFECT: readonly (readonly [keyof Settings, string])[] = [
  ["sendBufferSize", "the engine does not set buffers of the kernel"],
  ["receiveBufferSize", "the engine does not set buffers of the kernel"],
  ["tcpKeepaliveCount", "the engine sets whether there are keepalives, and the idle time"],
  ["tcpKeepaliveInterval", "the engine sets whether there are keepalives, and the idle time"],
  ["tcpMaxRetransmitTimeout", "the engine does not set it"],
  ["typeOfService", "the engine does not set it"],
];

const told = new Set<string>();

/** @internal Throws ENOTSUP for the ones, warns of the others. */
export function refuseAndWarn(settings: Settings): void {
  for (const [name, why] of REFUSED) if ((settings[name] as Uint8Array).length > 0) throw notHere(name, why);
  for (const [name, why] of WITHOUT_EFFECT) {
    const value = settings[name] as number;
    if (value <= 0 || told.has(name)) continue;
    told.add(name);
    warn(`Socket option ${name} has no effect here: ${why}`);
  }
}
