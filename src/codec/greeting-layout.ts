/**
 * Where the fields of a greeting begin, in octets: shared by `assembly/`, its TypeScript twin, and all who speak of
 * greetings. Without types, as layout.ts. RFC 37, "Formal Grammar".
 */

/** The last octet of the signature; its first is octet 0. */
export const SIGNATURE_END = 9;
/** The version: one octet each. */
export const MAJOR_AT = 10;
export const MINOR_AT = 11;
/** The mechanism's name, up to where as-server stands. */
export const MECHANISM_AT = 12;
export const AS_SERVER_AT = 32;
/** Zeros, up to the end. */
export const FILLER_AT = 33;
