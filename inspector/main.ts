/** The page: what is opened goes to a log, and the log to the list, the plot and the entry that is chosen. */

import { EXAMPLES } from "./examples.js";
import { parseHex, RAW_SIDE, type Side } from "./inspect.js";
import { Log } from "./model/log.js";
import { read } from "./model/read.js";
import { setUpConnect } from "./open/connect-form.js";
import { setUpFiles } from "./open/files.js";
import { Session } from "./session.js";
import { setUpMeasure } from "./view/bars.js";
import { announce, byId, element } from "./view/dom.js";

const session = new Session();
const trouble = byId("trouble");

/** Says what went wrong where the user can mend it. */
function say(error: unknown): void {
  trouble.textContent = error instanceof Error ? error.message : String(error);
  trouble.hidden = false;
  byId("start").hidden = false;
  trouble.scrollIntoView({ block: "nearest" });
}

/** Opens a file, or what `side` sent. */
async function openOctets(name: string, octets: Blob, side: Side): Promise<void> {
  trouble.hidden = true;
  if (octets.size === 0) {
    say("There are no octets in this.");
    return;
  }
  const log = new Log();
  const signal = session.open(name, log);
  try {
    await read({ octets, side }, log, () => session.grown(), signal);
    if (!signal.aborted) session.whole();
  } catch (error) {
    if (!signal.aborted) session.broken(error);
  }
}

function openHex(name: string, text: string, side: Side): void {
  let octets: Blob;
  try {
    octets = new Blob([new Uint8Array(parseHex(text))]);
  } catch (error) {
    say(error);
    return;
  }
  void openOctets(name, octets, side);
}

const sent = byId<HTMLSelectElement>("sent-by");
sent.value = RAW_SIDE;
/** Who sent what has no sides in it. */
const rawSide = (): Side => (sent.value === "server" ? "server" : "client");

const hex = byId<HTMLTextAreaElement>("hex");
byId("paste").addEventListener("submit", (event) => {
  event.preventDefault();
  openHex("Pasted octets", hex.value, rawSide());
});
hex.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId<HTMLFormElement>("paste").requestSubmit();
});

for (const { name, hex: octets, side } of EXAMPLES) {
  const button = element("button", { type: "button" }, name);
  button.addEventListener("click", () => openHex(name, octets, side));
  byId("examples").querySelector(".row")?.append(button);
}

byId("again").addEventListener("click", () => {
  session.close();
  announce("Closed. Paste octets, choose a file, or connect.");
  hex.focus();
});

setUpFiles((file) => void openOctets(file.name, file, rawSide()));
setUpConnect(session, say);
setUpMeasure();
