/** What a field is for, by its name: that is what its colour says. */
import type { Field } from "../inspect.js";

const ROLES: Readonly<Record<string, string>> = {
  signature: "sign",
  "signature filler": "filler",
  version: "number",
  "version-major": "number",
  "version-minor": "number",
  mechanism: "name",
  "as-server": "flag",
  filler: "filler",
  padding: "filler",
  flags: "flag",
  length: "number",
  "name length": "number",
  name: "name",
  "property name": "property",
  "property name length": "number",
  "value length": "number",
  "property value length": "number",
  value: "payload",
  "property value": "payload",
  "time to live": "number",
  property: "property",
  request: "name",
  response: "name",
  "empty line": "filler",
  opcode: "flag",
  "masking key": "flag",
  "status code": "number",
  reason: "payload",
  nonce: "number",
  box: "payload",
  cookie: "filler",
  payload: "payload",
};

/** The class that colours a field. */
export function roleOf(field: Field | undefined): string {
  if (field === undefined) return "none";
  const known = ROLES[field.name];
  if (known) return known;
  if (/^header /.test(field.name)) return "property";
  if (/length/.test(field.name)) return "number";
  if (/flag/.test(field.name)) return "flag";
  if (/filler|padding/.test(field.name)) return "filler";
  return /name/.test(field.name) ? "name" : "payload";
}
