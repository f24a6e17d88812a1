/** The `ws` package, an optional peer dependency: asked for only where it is needed. */
import type * as Package from "ws";
import { checkedFrameSize } from "../../codec/frame.js";
import type { OpenWebSocket } from "../dial-websocket.js";
import { connectionError } from "../fault.js";
import { isInstalled } from "./installed.js";

/** What is said where a WebSocket is wanted and there is none. */
export const NO_PACKAGE = 'ws:// needs the "ws" package here: npm install ws';

/** Whether there is something that opens a WebSocket: the platform's own, or the package. */
export function opensWebSockets(): boolean {
  return globalThis.WebSocket !== undefined || isInstalled("ws");
}

/** Loads it; rejects with a {@link ZmtpError} NO_WEBSOCKET where it is not installed. */
export async function webSocketPackage(): Promise<typeof Package> {
  try {
    return await import("ws");
  } catch (cause) {
    throw connectionError("NO_WEBSOCKET", NO_PACKAGE, { cause });
  }
}

/** The flag octet comes on top of a frame's own octets. */
export function largestMessage(maxFrameSize: number | undefined): number {
  return checkedFrameSize(maxFrameSize) + 1;
}

/**
 * The `ws` package can stop reading and drop a connection, which the platform's WebSocket cannot; that one serves
 * without it.
 */
export async function webSocketOpener(maxFrameSize: number | undefined): Promise<OpenWebSocket> {
  try {
    const { WebSocket } = await webSocketPackage();
    // Compressed, a few octets on the wire would become many in memory before any limit is looked at.
    const options = { perMessageDeflate: false, maxPayload: largestMessage(maxFrameSize) };
    return (url, subprotocol) => new WebSocket(url, subprotocol, options) as never;
  } catch (error) {
    const { WebSocket } = globalThis;
    if (WebSocket === undefined) throw error;
    return (url, subprotocol) => new WebSocket(url, subprotocol) as never;
  }
}
