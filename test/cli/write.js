// Writes docs/cli.md from the program's own help: `npm run -s build && node test/cli/write.js`. A test holds it to it.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const helpOfProgram = async (...args) =>
  execFileSync(process.execPath, [at("dist/cli.js"), ...args], { encoding: "utf8", env: { COLUMNS: "80" } });

/** The commands, as the program lists them in its help. */
export function commandNames(help) {
  return Array.from(help.matchAll(/^ {2}([a-z]+) {2}/gm), ([, name]) => name);
}

/** The document; `help` resolves with what the program prints for these arguments. */
export async function document(help = helpOfProgram) {
  const short = (await help("--help")).trimEnd();
  const sections = [];
  for (const name of commandNames(short)) {
    const text = await help(name, "--help");
    sections.push(`## ${name}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`);
  }
  return `# The program \`monocoque\`

\`npx monocoque\` runs it; it comes with the package. CURVE needs the package \`libsodium-wrappers\` beside it, and \`ws://\`
the package \`ws\`, but not for \`probe\` and \`tap\`. In the examples \`npx\` is left out. This page is the program's own help,
written by \`node test/cli/write.js\`.

- **stdout carries data only.** What people are told goes to stderr; colour and progress only to a terminal.
  \`NO_COLOR\` and \`FORCE_COLOR\` are heeded.
- **\`--json\`** makes every line of stdout one JSON object with a \`type\`, errors included. A \`message\` has
  \`frames\`: each has \`text\` if it is UTF-8, and \`hex\` if it is not. An \`error\` has \`code\`, \`message\` and
  \`exit\`, and \`offset\`, \`section\` and \`hint\` where there are any.
  What goes over the wire is an \`entry\`; its \`fields\` have the names of Wireshark's display filters
  (\`zmtp.flags\`, \`zmtp.metadata.key\`), and \`start\` and \`end\` count octets from the first that the side sent.
- **What a peer sends is harmless to a terminal:** control characters and what turns text around are escaped.
- **Ctrl-C ends in order**, with the recording written and exit code 0; a second one ends at once. A reader that goes
  away (\`| head -1\`) is no error: it ends the program in the same way.
- **Exit codes** are the same everywhere: 0 good, 1 the peer broke the protocol, 2 wrong usage, 3 nobody was reached,
  4 timed out.

\`\`\`text
${short}
\`\`\`

${sections.join("\n")}`;
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(at("docs/cli.md"), await document());
