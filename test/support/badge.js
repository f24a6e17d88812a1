// A mechanism of somebody else's: each side shows a badge, and lets in who shows the same.
import { encodeCommand, parseMetadata, ZmtpError } from "monocoque";

/** @returns {import("monocoque").Mechanism} */
export function badge(word, maker = "test:badge") {
  return {
    name: "BADGE",
    asServer: false,
    begin: (local) => ({
      open: () => encodeCommand("BADGE", Uint8Array.of(word.length), new TextEncoder().encode(word), local.properties),
      receive({ data, position }) {
        const [length] = data;
        const shown = new TextDecoder().decode(data.subarray(1, 1 + length));
        if (shown !== word) throw new ZmtpError("WRONG_BADGE", `The peer shows ${shown}`, { offset: position });
        return {
          type: "complete",
          metadata: parseMetadata(data.subarray(1 + length), position + 1 + length),
          userId: shown,
        };
      },
    }),
    recipe: () => ({ maker, from: { word } }),
  };
}
