// What a handshake looks like on the wire: every octet, when it went which way, and what it means. RFC 37, "Formal Grammar".
const LONG = 0x02;

/** Records a handshake as it happens. */
export class Timeline {
  #start = performance.now();
  #entries = [];

  sent(bytes) {
    this.#entries.push({ at: this.#elapsed(), arrow: "→", bytes });
  }

  received(bytes) {
    this.#entries.push({ at: this.#elapsed(), arrow: "←", bytes });
  }

  note(text) {
    this.#entries.push({ at: this.#elapsed(), text });
  }

  /** What happened, in order: { at, text }, or { at, arrow, bytes, fields } for octets on the wire. */
  explain() {
    const fields = { "→": this.#fields("→"), "←": this.#fields("←") };
    const position = { "→": 0, "←": 0 };
    return this.#entries.map((entry) => {
      if (entry.bytes === undefined) return entry;
      const from = position[entry.arrow];
      const to = from + entry.bytes.length;
      position[entry.arrow] = to;
      // The peer may cut anywhere: a field is shown with the piece that brought its last octet.
      return { ...entry, fields: fields[entry.arrow].filter(({ end }) => from < end && end <= to) };
    });
  }

  #elapsed() {
    return performance.now() - this.#start;
  }

  #fields(arrow) {
    const pieces = this.#entries.filter((entry) => entry.arrow === arrow).map(({ bytes }) => bytes);
    return handshakeFields(Buffer.concat(pieces));
  }
}

/** One direction of a NULL handshake, greeting and READY, as { bytes, meaning, end }. */
function handshakeFields(octets) {
  const fields = [];
  let at = 0;
  const field = (size, meaningOf) => {
    const bytes = octets.subarray(at, at + size);
    at += bytes.length;
    fields.push({ bytes, meaning: meaningOf(bytes), end: at });
  };

  greeting(field);
  const isLong = (octets[at] & LONG) !== 0;
  field(1, (flags) => `frame flags: ${flagNames(flags[0])}`);
  field(isLong ? 8 : 1, (size) => `frame size: ${number(size)} octets`);
  field(1 + octets[at], (name) => `command ${text(name.subarray(1))}`);
  while (at < octets.length) {
    field(1 + octets[at], (name) => `  property ${text(name.subarray(1))}`);
    field(4, (size) => `    value of ${number(size)} octets`);
    const size = octets.readUInt32BE(at - 4);
    if (size > 0) field(size, (value) => `    ${text(value)}`);
  }
  return fields;
}

function greeting(field) {
  field(1, () => "signature, first octet");
  field(8, (padding) => `padding${padding[7] === 0 ? "" : `; libzmq: size of its identity + 1`}`);
  field(1, () => "signature, last octet");
  field(1, ([major]) => `version, major: ${major}`);
  field(1, ([minor]) => `version, minor: ${minor}`);
  field(20, (mechanism) => `mechanism ${text(mechanism.subarray(0, mechanism.indexOf(0)))}, filled up with zeros`);
  field(1, ([asServer]) => `as-server: ${asServer}`);
  field(31, () => "filler, for versions to come");
}

function flagNames(flags) {
  const names = ["MORE", "LONG", "COMMAND"].filter((_, bit) => flags & (1 << bit));
  return names.join(" + ") || "none";
}

function number(bytes) {
  return Number(BigInt(`0x${bytes.toString("hex")}`));
}

function text(bytes) {
  return JSON.stringify(bytes.toString("latin1"));
}
