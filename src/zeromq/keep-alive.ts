/** TCP's own keepalives, where a socket's options ask for them. */
import type { Socket } from "node:net";
import type { EndpointOwner } from "../socket/endpoints.js";

export function keepAlive(socket: Socket, { settings }: EndpointOwner): void {
  const { tcpKeepalive, tcpKeepaliveIdle } = settings;
  if (tcpKeepalive >= 0) socket.setKeepAlive(tcpKeepalive === 1, Math.max(0, tcpKeepaliveIdle) * 1000);
}
