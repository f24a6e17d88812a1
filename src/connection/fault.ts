/**
 * What only connections raise, from "nobody is there" to "the listener is full": errors with the hint of their code.
 */
import { type ConnectionCode, type Explanation, ZmtpError, type ZmtpErrorOptions } from "../error.js";

const FRAMING = "RFC 37, Framing";
const HEARTBEAT = "RFC 37, Connection Heartbeating";
const SUBSCRIPTIONS = "RFC 37, The Publish-Subscribe Pattern";
const SECURITY = "RFC 37, Security Considerations";

/** Whose fault it is, the section of the RFC it rests on, and what to do about it. */
const REFUSALS = {
  // Traffic of a connection.
  MESSAGE_TOO_LARGE: {
    section: FRAMING,
    hint: "The peer sends a message with more octets or frames than allowed. Raise the limit if such are expected.",
  },
  NOT_A_SENDER: {
    blame: "caller",
    hint: "SUB, PULL, DISH and GATHER only receive: open the connection as the sending type of the pair.",
  },
  UNFINISHED_MESSAGE: {
    blame: "caller",
    hint: "A batch for sending ends with a whole message: add the frames that follow its last MORE.",
  },
  TWO_LOOPS: {
    blame: "caller",
    hint: "Two loops at once would get half of the messages each: let one loop read, and hand on what others need.",
  },
  TOO_MANY_SUBSCRIPTIONS: {
    section: SUBSCRIPTIONS,
    hint: "The peer subscribes without end: it is broken, or hostile.",
  },
  TOO_MANY_COMMANDS: {
    section: SECURITY,
    hint: "The peer sends commands faster than anybody needs: it is broken, or hostile.",
  },
  HEARTBEAT_TIMEOUT: {
    blame: "network",
    section: HEARTBEAT,
    hint: "The peer or the network is gone without a goodbye: connect again, or give slow peers a longer `timeout`.",
  },

  // Connections.
  NOT_REACHED: {
    blame: "network",
    hint:
      "Nobody answers at this address: is the peer running, are host and port right? " +
      "The system's reason is in `cause`.",
  },
  NO_WEBSOCKET: {
    blame: "caller",
    hint: "This engine has no WebSocket: on Node 20 install the `ws` package, or use tcp:// from monocoque/node.",
  },
  CONNECT_TIMEOUT: {
    blame: "network",
    hint: "Is the peer there, and does a firewall let you through? `connectTimeout` sets the patience.",
  },
  HANDSHAKE_TIMEOUT: {
    section: SECURITY,
    hint:
      "Something accepts connections there and does not finish a ZMTP handshake: the wrong service, or an overloaded " +
      "peer. `handshakeTimeout` sets the patience.",
  },
  CONNECTION_LOST: {
    blame: "network",
    hint: "The network or the peer's process broke off: connect again after a short and random while.",
  },
  RESET: {
    blame: "network",
    hint:
      "The peer's process ended or dropped the connection in a hurry: its log tells more. " +
      "Connect again after a while.",
  },
  CLOSED: { blame: "caller", hint: "Nothing can be sent on a connection that has ended: open another one." },
  LINGER_EXPIRED: {
    blame: "network",
    hint: "The peer did not take what was sent before the connection closed. `linger` sets the patience.",
  },

  // Work in another thread.
  NO_MECHANISM: {
    blame: "caller",
    hint:
      "Makers are provided in the worker, as soon as it is loaded: `provideMechanism` of monocoque/thread, in a " +
      "worker of your own.",
  },
  THREAD_SILENT: {
    blame: "caller",
    hint: "Does the Worker that `thread` was given run monocoque/thread, or import it, and does it get to work?",
  },
  THREAD_ENDED: {
    blame: "caller",
    hint: "The worker that did the work of this connection has ended: what had come and was not taken is lost.",
  },

  // Listeners.
  TOO_MANY_HANDSHAKES: {
    section: SECURITY,
    hint: "Too many strangers shake hands at once: wait and try again, or raise the listener's limit.",
  },
  TOO_MANY_CONNECTIONS: {
    section: SECURITY,
    hint: "The listener has as many connections as it is allowed: close some, or raise the limit.",
  },
  MEMORY_LIMIT: {
    section: SECURITY,
    hint: "All peers of this listener together hold more memory than allowed: read faster, or raise the limit.",
  },
  LISTENER_CLOSED: { blame: "caller", hint: "The listener has been closed here: open another one." },
} satisfies Record<ConnectionCode, Explanation>;

/** An error with one of this layer's codes; what `options` say goes before what the code says. */
export function connectionError(code: ConnectionCode, message: string, options: ZmtpErrorOptions = {}): ZmtpError {
  return new ZmtpError(code, message, { ...REFUSALS[code], ...options });
}
