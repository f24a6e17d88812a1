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

/** Of WebSocket and HTTP. */
const WEB_NAMES: Readonly<Record<string, string>> = {
  request: "http.request",
  response: "http.response",
  "empty line": "http",
  opcode: "websocket.opcode",
  "payload length": "websocket.payload_length",
  "masking key": "websocket.masking_key",
  "control payload": "websocket.payload",
  "status code": "websocket.payload.close.status_code",
  reason: "websocket.payload.close.reason",
};

/** The display filter of a field. */
export function filterName(field: string): string {
  if (field.startsWith("header ")) return `http.${field.slice(7).toLowerCase().replaceAll("-", "_")}`;
  return WEB_NAMES[field] ?? NAMES[field] ?? `zmtp.${field.replaceAll(" ", "-")}`;
}
