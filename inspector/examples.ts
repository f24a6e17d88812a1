/** Octets to look at for who has none at hand. Each is what one side sends, in hexadecimal. */
import type { Side } from "./inspect.js";

const greeting = `ff 00 00 00 00 00 00 00 01 7f 03 01 4e 55 4c 4c ${"00 ".repeat(48)}`;

const text = (words: string): string =>
  Array.from(words, (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");

const frame = (flags: number, body: string): string =>
  `${flags.toString(16).padStart(2, "0")} ${body.split(" ").length.toString(16).padStart(2, "0")} ${body} `;

const ready = (socketType: string): string => {
  const length = socketType.length.toString(16).padStart(2, "0");
  return frame(4, `05 ${text("READY")} 0b ${text("Socket-Type")} 00 00 00 ${length} ${text(socketType)}`);
};

export const EXAMPLES: readonly { readonly name: string; readonly side: Side; readonly hex: string }[] = [
  {
    name: "A publisher at work",
    side: "server",
    hex:
      greeting +
      ready("PUB") +
      frame(0, text("weather.Oslo -4")) +
      frame(1, text("weather.Bergen")) +
      frame(1, text("rain")) +
      frame(0, text("7")) +
      frame(4, `04 ${text("PING")} 00 1e ${text("beat")}`) +
      frame(0, text("weather.Oslo -5")),
  },
  { name: "A socket type nobody knows", side: "client", hex: greeting + ready("PUBLISH") },
  {
    name: "A stream out of step",
    side: "client",
    hex: greeting + ready("PUSH") + frame(0, text("job 1")) + frame(0x58, text("job 2")),
  },
  { name: "Not ZeroMQ at all", side: "server", hex: text("HTTP/1.1 400 Bad Request\r\n\r\n") },
];
