// What must hold in every engine: a codec both ways and a session's handshake, in memory. The package is handed in, since an engine
// may know it by name or by path; nothing else is used but what all engines have.

const DEALER = { socketType: "DEALER", identity: "asker" };
const ROUTER = { socketType: "ROUTER" };

/** @returns {Record<string, () => unknown>} Checks by what they show; each throws if it does not hold. */
export function universalChecks(monocoque, codecName) {
  const { defaultCodec, encodeMessage, FrameDecoder, FrameDecoderStream, FrameEncoder, ZmtpSession } = monocoque;
  const message = ["topic", "", "ü".repeat(100), pattern(70_000)];

  return {
    [`the codec is ${codecName}`]() {
      same(defaultCodec().name, codecName);
    },

    "frames go out and come in again, cut anywhere"() {
      const octets = new FrameEncoder().message(message).message("alone").flush();
      for (const size of [1, 7, 4096, octets.length]) {
        const decoder = new FrameDecoder();
        const frames = [];
        for (let at = 0; at < octets.length; at += size) {
          for (const batch of decoder.push(octets.subarray(at, at + size))) {
            for (const { payload, more } of batch) frames.push([text(payload), more]);
          }
        }
        same(frames.length, 5);
        same(frames.map(([payload]) => payload).join("\n"), [...message.map(text), "alone"].join("\n"));
        same(frames.map(([, more]) => more).join(), "true,true,true,false,false");
      }
    },

    "a batch is forwarded as it came"() {
      const octets = encodeMessage(message);
      const encoder = new FrameEncoder();
      for (const batch of new FrameDecoder().push(octets)) encoder.batch(batch);
      same(text(encoder.flush()), text(octets));
    },

    "a length that is too large is refused"() {
      const decoder = new FrameDecoder({ maxFrameSize: 1000 });
      same(
        codeOf(() => [...decoder.push(Uint8Array.of(2, 0, 0, 0, 1, 0, 0, 0, 0))]),
        "FRAME_TOO_LARGE",
      );
    },

    async "a stream of octets is a stream of batches"() {
      const octets = encodeMessage(message);
      const source = new ReadableStream({
        start(controller) {
          for (let at = 0; at < octets.length; at += 999) controller.enqueue(octets.subarray(at, at + 999));
          controller.close();
        },
      });
      const payloads = [];
      const reader = source.pipeThrough(new FrameDecoderStream()).getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        for (const { payload } of next.value) payloads.push(text(payload));
      }
      same(payloads.join("\n"), message.map(text).join("\n"));
    },

    "two sessions shake hands and exchange a message"() {
      const dealer = new ZmtpSession(DEALER);
      const router = new ZmtpSession(ROUTER);
      const received = [];
      const wire = [
        [dealer.start(), router],
        [router.start(), dealer],
      ];
      /** Delivers octets, and what is answered, until both have nothing more to say. */
      const settle = () => {
        for (let next = wire.shift(); next !== undefined; next = wire.shift()) {
          const [octets, session] = next;
          for (const event of session.receive(octets)) {
            if (event.type === "SendBytes") wire.push([event.bytes, session === dealer ? router : dealer]);
            if (event.type === "Frame") received.push(text(event.frame.payload));
            if (event.type === "Error") throw event.error;
          }
        }
      };
      settle();
      same(`${dealer.state} ${router.state}`, "active active");
      same(`${router.peer.socketType} ${text(router.peer.identity)}`, "DEALER asker");
      wire.push([dealer.send(message), router]);
      settle();
      same(received.join("\n"), message.map(text).join("\n"));
    },

    "a peer that speaks something else is told apart"() {
      const session = new ZmtpSession(ROUTER);
      const [event] = session.receive(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
      same(event.type, "Error");
      same(session.error, event.error);
    },
  };
}

/** Runs checks one after the other and says a line for each; returns whether all held. */
export async function runChecks(checks, say) {
  let held = true;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await within(5000, check());
      say(`  ok    ${name}`);
    } catch (error) {
      held = false;
      say(`  FAIL  ${name}\n        ${error?.stack ?? error}`);
    }
  }
  return held;
}

export function same(actual, expected) {
  if (!Object.is(actual, expected))
    throw new Error(`${String(actual).slice(0, 200)} is not ${String(expected).slice(0, 200)}`);
}

/** A payload as text: octets by octets, so that any two that differ look different. */
export function text(payload) {
  return typeof payload === "string" ? payload : (utf8(payload) ?? payload.join());
}

/** Octets that differ from place to place and are not UTF-8. */
export function pattern(length) {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) | 0x80);
}

function utf8(payload) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    return undefined;
  }
}

/** The code of what is thrown. */
export function codeOf(act) {
  try {
    act();
  } catch (error) {
    return error.code;
  }
  return "nothing thrown";
}

async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
