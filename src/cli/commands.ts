/** Every command, and the file that is loaded when it is called for. No RFC section: this is ours. */
import type { Command } from "./command.js";

/** A command that has not been loaded yet. */
interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const peer = (name: string, summary: string): [string, Entry] => [
  name,
  { summary, load: async () => (await import("./peers.js")).PEERS[name] as Command },
];

/** By their names, in the order of the help. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  probe: {
    summary: "reach a peer, shake hands, and say what is wrong",
    load: async () => (await import("./probe.js")).PROBE,
  },
  decode: {
    summary: "read recorded octets, and say where they break off",
    load: async () => (await import("./decode.js")).DECODE,
  },
  tap: { summary: "see, and record, what passes between two peers", load: async () => (await import("./tap.js")).TAP },
  ...Object.fromEntries([
    peer("sub", "subscribe, and show what is published"),
    peer("pull", "collect messages"),
    peer("push", "hand out messages"),
    peer("req", "ask, and show the answers"),
    peer("rep", "answer requests"),
    peer("dealer", "send and show at the same time"),
    peer("pub", "publish messages"),
  ]),
  bench: { summary: "measure the codec and loopback here", load: async () => (await import("./bench.js")).BENCH },
};
