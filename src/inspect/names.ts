/** What fields are called in JSON: as in Wireshark's display filters for ZMTP, so that one knowledge serves both. */

/** By our names. Of the lengths inside metadata Wireshark has no fields: these two are named after their neighbours. */
const NAMES: Readonly<Record<string, string>> = {
  signature: "zmtp.signature",
  version: "zmtp.version",
  mechanism: "zmtp.mechanism",
  "as-server": "zmtp.as-server",
  filler: "zmtp.filler",
  flags: "zmtp.flags",
  length: "zmtp.length",
  payload: "zmtp.data",
  "name length": "zmtp.command-name.length",
  name: "zmtp.command-name",
  value: "zmtp.data",
  "property length": "zmtp.metadata.key.length",
  property: "zmtp.metadata.key",
  "property value length": "zmtp.metadata.value.length",
  "property value": "zmtp.metadata.value",
  "time to live": "zmtp.ping.ttl",
  context: "zmtp.ping.context",
};

/** The display filter of a field. */
export function filterName(field: string): string {
  return NAMES[field] ?? `zmtp.${field}`;
}
