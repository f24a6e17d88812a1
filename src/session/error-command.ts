/** ERROR: how a peer refuses. RFC 37, "Error Handling". */
import { type Octets, octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { type Command, commandBody } from "./command.js";
import { MAX_REASON } from "./limits.js";

/** What the reasons of libzmq mean: they are the status codes of its authenticator. RFC 27, "Reply". */
const STATUS_CODES: Readonly<Record<string, string>> = {
  "300":
    "300 is a status code of ZAP: the peer's authenticator could not decide now. Try again later, or look at its log.",
  "400":
    "400 is a status code of ZAP: the peer's authenticator denied us. Check user name, password or key, and what the " +
    "authenticator allows.",
  "500":
    "500 is a status code of ZAP: the peer's authenticator failed, or is missing. Look at the log of the peer's " +
    "process.",
};

/** @internal The body of an ERROR; owned. `reason` is up to 255 printable characters without a space. */
export function errorBody(reason: string): Octets {
  const text = octets(reason, "the reason of an ERROR").subarray(0, MAX_REASON);
  return commandBody("ERROR", Uint8Array.of(text.length), text);
}

/** @internal What an ERROR from the peer means for us. */
export function peerError({ data, position }: Command): ZmtpError {
  if (data.length === 0) {
    return new ZmtpError("PEER_ERROR", "The peer refused with an ERROR that has no reason", { offset: position });
  }
  if (data[0] === data.length - 1) {
    const reason = printable(data.subarray(1));
    return new ZmtpError("PEER_ERROR", `The peer refused with ERROR ${JSON.stringify(reason)}`, {
      offset: position,
      reason,
      hint: Object.hasOwn(STATUS_CODES, reason) ? STATUS_CODES[reason] : undefined,
    });
  }
  const text = JSON.stringify(printable(data));
  // Some implementations leave the length out; what they mean is plain all the same.
  if (data.every((octet) => octet >= 0x20 && octet <= 0x7e)) {
    return new ZmtpError("PEER_ERROR", `The peer refused with an ERROR whose reason lacks its length: ${text}`, {
      offset: position,
    });
  }
  return new ZmtpError("MALFORMED_COMMAND", `The peer refused with an ERROR whose reason does not fill it: ${text}`, {
    offset: position,
    hint:
      "The reason of an ERROR is one octet of length and as many of text. The peer has refused all the same: its log " +
      "tells why.",
  });
}

function printable(octets: Uint8Array): string {
  return String.fromCharCode(...octets.subarray(0, MAX_REASON)).replace(/[^\x20-\x7e]/g, "?");
}
