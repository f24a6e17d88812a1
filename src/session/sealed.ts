/** Sealed traffic as it comes: frames inside frames, and nothing else. RFC 37, "Authentication and Confidentiality". */
import type { Frame } from "../codec/frame.js";
import { ZmtpError } from "../error.js";
import type { Command } from "./command.js";
import { mechanismFailed, type Traffic } from "./mechanism.js";

const IN_THE_CLEAR =
  "Both peers have agreed to seal what they send, so this frame is forged, or the peer's implementation is broken.";

/**
 * The frame that a sealed one carries. libzmq sends CURVE's MESSAGE as a message of one frame, the RFC has it as a
 * command: both are read. Throws a ZmtpError for anything that is not sealed. `position` is where the body begins.
 */
export function unsealed(traffic: Traffic, frame: Frame, position: number, maxFrameSize: number): Frame {
  const sealed = sealedIn(traffic.name, frame, position);
  const inner = unsealedBy(traffic, sealed);
  const offset = sealed.position;
  if (inner.payload.length > maxFrameSize) {
    throw new ZmtpError(
      "FRAME_TOO_LARGE",
      `A sealed frame has ${inner.payload.length} octets; the limit is ${maxFrameSize}`,
      { offset },
    );
  }
  if (inner.command && inner.more) {
    throw new ZmtpError("COMMAND_WITH_MORE", "A sealed command has its MORE bit set", { offset });
  }
  return inner;
}

function sealedIn(name: string, { payload, more, command }: Frame, position: number): Command {
  if (more || !beginsWith(payload, name)) {
    const [code, what] = command ? ["UNEXPECTED_COMMAND", "command"] : ["UNEXPECTED_MESSAGE", "message"];
    throw new ZmtpError(code, `A ${what} came in the clear where all traffic is sealed`, {
      offset: position,
      hint: IN_THE_CLEAR,
    });
  }
  const at = 1 + name.length;
  return { name, data: payload.subarray(at), position: position + at };
}

/** Whether a body begins with this name, as a command's does. */
function beginsWith(body: Uint8Array, name: string): boolean {
  if (body[0] !== name.length || body.length <= name.length) return false;
  for (let i = 0; i < name.length; i++) if (body[1 + i] !== name.charCodeAt(i)) return false;
  return true;
}

function unsealedBy(traffic: Traffic, sealed: Command): Frame {
  try {
    return traffic.unseal(sealed) as Frame;
  } catch (error) {
    if (error instanceof ZmtpError) throw error;
    throw mechanismFailed(error, sealed.position);
  }
}
