/** Two libzmq pushers and a puller with `monocoque tap --record` between them, and real capture programs beside it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { DECODE } from "../../src/cli/decode.js";
import { inProcess, objects, start } from "../cli/program.js";

/** A program that captures packets. */
export interface Tool {
  readonly program: string;
  /** How the file is called, and which format it has. */
  readonly file: string;
  /** In front of the filter. */
  readonly args: readonly string[];
  /** What it says on stderr once it captures. */
  readonly ready: RegExp;
}

/** Every link that loopback can be seen through, and both formats. */
export const TOOLS: readonly Tool[] = [
  { program: "dumpcap", file: "dumpcap.pcapng", args: ["-i", "lo", "-f"], ready: /File: / },
  { program: "dumpcap", file: "dumpcap-any.pcapng", args: ["-i", "any", "-f"], ready: /File: / },
  { program: "tcpdump", file: "tcpdump.pcap", args: ["-U", "-i", "lo"], ready: /listening on/ },
  { program: "tcpdump", file: "tcpdump-sll.pcap", args: ["-U", "-i", "any", "-y", "LINUX_SLL"], ready: /listening on/ },
  {
    program: "tcpdump",
    file: "tcpdump-sll2.pcap",
    args: ["-U", "-i", "any", "-y", "LINUX_SLL2"],
    ready: /listening on/,
  },
];

/** What a decoded file says, connection by connection: side, octets, kind and frames of each entry. */
export async function told(file: string): Promise<string[]> {
  const { stdout } = await inProcess(DECODE, { values: { json: true }, positionals: [file] });
  const connections = new Map<unknown, { client: object[]; server: object[] }>();
  for (const { connection, side, time: _, ...entry } of stdout === "" ? [] : objects(stdout)) {
    const known = connections.get(connection) ?? { client: [], server: [] };
    connections.set(connection, known);
    known[side as "client" | "server"].push(entry);
  }
  // Which connection was first depends on who looked where.
  return Array.from(connections.values(), (entries) => JSON.stringify(entries)).sort();
}

/** Whether this machine lets us capture; else why not. */
export function whyNot({ program }: Tool): string | undefined {
  const { error, status, stderr } = spawnSync(program, ["-D"], { encoding: "utf8" });
  if (error !== undefined) return `${program} is not here (${error.message})`;
  const interfaces = spawnSync(program, ["-D"], { encoding: "utf8" });
  if (status !== 0) return `${program} may not capture: ${stderr.trim()}`;
  return /\blo\b/.test(interfaces.stdout) ? undefined : `${program} may not see loopback: it must run as root`;
}

/** Has two pushers send through a tap while the tools capture; resolves with the folder that all files are in. */
export async function record(tools: readonly Tool[], host: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "monocoque-dump-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pull = new zmq.Pull({ receiveHighWaterMark: 0, ipv6: true, linger: 0 });
  onTestFinished(() => pull.close());
  await pull.bind(`tcp://${host}:*`);
  const target = String(pull.lastEndpoint);
  const args = ["--listen", `tcp://${host}:0`, "--to", target, "--rates", "--record", join(folder, "peers.tap")];
  const tap = start(["tap", ...args, "-n", "2"]);
  const url = await tap.seen(/listening on (\S+)/);
  const ports = [url, target].map((at) => `tcp port ${at.split(":").at(-1)}`).join(" or ");
  const capturing = await Promise.all(tools.map((tool) => begun(tool, ports, folder)));
  for (const name of ["first", "second"]) await push(url, pull, name);
  if ((await tap.ended) !== 0) throw new Error(`the tap failed: ${tap.stderr}`);
  // The packets of the last goodbye are on their way to the programs.
  const all = (await told(join(folder, "peers.tap"))).length * 2;
  for (const [i, { file }] of tools.entries()) {
    while (!(await isWhole(join(folder, file), all))) await new Promise((resolve) => setTimeout(resolve, 50));
    capturing[i].kill("SIGINT");
    if (capturing[i].exitCode === null) await new Promise((resolve) => capturing[i].once("exit", resolve));
  }
  return folder;
}

async function push(url: string, pull: zmq.Pull, name: string): Promise<void> {
  const socket = new zmq.Push({ ipv6: true, linger: 1000 });
  socket.connect(url);
  const messages = [[`${name} 0`], [`${name} 1`, "", Buffer.alloc(300, name)], [Buffer.alloc(4000, `${name} long`)]];
  for (const message of messages) await socket.send(message);
  for (const _ of messages) await pull.receive();
  socket.close();
}

function begun({ program, args, file, ready }: Tool, filter: string, folder: string): Promise<ChildProcess> {
  const child = spawn(program, [...args, filter, "-w", join(folder, file)], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (ready.test(said)) resolve(child);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
}

/** Whether a file holds so many connections, each with both its goodbyes. */
async function isWhole(file: string, connections: number): Promise<boolean> {
  const { isPcap, readPcap } = await import("../../src/inspect/index.js");
  const octets = await readFile(file);
  if (!isPcap(octets)) return false;
  let ends = 0;
  try {
    for (const record of readPcap(octets)) if (record.octets === undefined) ends++;
  } catch {
    return false;
  }
  return ends === 2 * connections;
}
