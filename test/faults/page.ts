/** docs/faults.md, made from the catalogue and from what libzmq answered. */
import type { Answer, Answers } from "./ask-libzmq.js";
import { catalogue, type Fault } from "./catalogue.js";
import { connectionFaults } from "./connections.js";

const HEAD = `# Faults, and how they are told

What a peer can do wrong, from the first octet on. Each line is data in \`test/faults/catalogue.ts\`: the octets are
given to a session of both codecs, cut in eight ways, and the error has to have this code, this octet (counted from the
first one the peer sent) and this section. The last column is what libzmq LIBZMQ does with the same octets, as the same
type of socket: filled by a run (\`node test/faults/run.js libzmq\`), not by hand. This page is made by
\`node test/faults/run.js docs\`; a test fails when it is out of date.

libzmq tells an application nothing of all this unless its monitor is on; then "monitor" says what it tells there.
`;

/** The whole page. */
export function faultsPage(libzmq: string, answers: Answers): string {
  const groups = [...new Set(catalogue.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const rows = catalogue.filter((fault) => fault.group === group).map((fault) => row(fault, answers[fault.id]));
    return [
      `\n## ${group}\n`,
      "| fault | we are | octets | code | octet | section | cause and remedy | libzmq |",
      "|---|---|---|---|--:|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `${[HEAD.replace("LIBZMQ", libzmq), ...tables, TIME_AND_VOLUME, ...connectionRows()].join("\n")}\n`;
}

const TIME_AND_VOLUME = `
## Time, volume and the network

Done to a connection by a bare socket in \`test/faults/connections.test.ts\`; there is no octet to point at.

| the peer | bounded by | code | cause and remedy |
|---|---|---|---|`;

function connectionRows(): string[] {
  return connectionFaults.map(({ title, option, code, hint }) => `| ${title} | ${option} | \`${code}\` | ${hint} |`);
}

/** How many octets are shown before and behind the one that counts. */
const AROUND = 3;

/** The octet that proves the fault, between its neighbours. */
function around({ octets, offset, ending }: Fault): string {
  const hex = Array.from(octets, (octet) => octet.toString(16).padStart(2, "0"));
  const before = hex.slice(Math.max(0, offset - AROUND), offset);
  const behind = hex.slice(offset + 1, offset + 1 + AROUND);
  const here = ending === "closes" ? "**end**" : `**${hex[offset]}**`;
  const parts = [offset > AROUND ? "…" : "", ...before, here, ...behind, offset + 1 + AROUND < hex.length ? "…" : ""];
  return parts.filter((part) => part !== "").join(" ");
}

function row(fault: Fault, answer: Answer): string {
  const { title, ours, ending, code, offset, section, hint } = fault;
  const octet = ending === "closes" ? `${offset} (the end)` : String(offset);
  const cells = [title, ours, around(fault), `\`${code}\``, octet, section.replace("RFC 37, ", ""), hint, told(answer)];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const WORDS: Record<Answer["does"], (answer: Answer) => string> = {
  closes: ({ after }) => (after === 0 ? "closes at once" : `closes after ${after} ${after === 1 ? "octet" : "octets"}`),
  waits: () => "waits, and says nothing",
  accepts: () => "goes on as if nothing were wrong",
  forgets: () => "drops it without a word",
};

function told(answer: Answer): string {
  const errors = answer.monitor.filter((event) => event.includes("error"));
  const monitor = [...new Set(errors)].join(", ").replaceAll("handshake:error:", "");
  return `${WORDS[answer.does](answer)}${monitor === "" ? "" : `; monitor: ${monitor}`}`;
}
