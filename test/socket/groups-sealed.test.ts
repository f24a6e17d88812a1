/** JOIN and LEAVE under CURVE: in the clear the peer would refuse them, and drop the link. RFC 48, RFC 26. */
import { expect, it } from "vitest";
import { curveKeyPair } from "../../src/curve.js";
import { Dish, Radio } from "../../src/zeromq/draft.js";
import "../../src/zeromq/index.js";

it("a DISH joins and leaves a RADIO's groups where all traffic is sealed", async () => {
  const keys = curveKeyPair();
  const own = curveKeyPair();
  const radio = new Radio({ curveServer: true, curveSecretKey: keys.secretKey });
  const dish = new Dish({
    curveServerKey: keys.publicKey,
    curvePublicKey: own.publicKey,
    curveSecretKey: own.secretKey,
  });
  try {
    await radio.bind("tcp://127.0.0.1:0");
    dish.connect(radio.lastEndpoint as string);
    dish.join("news");
    const send = setInterval(() => void radio.send("of the day", { group: "news" }), 10);
    try {
      const [text, { group }] = await dish.receive();
      expect([String(text), String(group)]).toEqual(["of the day", "news"]);
      dish.leave("news");
      dish.join("sport");
      const other = setInterval(() => void radio.send("result", { group: "sport" }), 10);
      try {
        const [next, from] = await dish.receive();
        expect([String(next), String(from.group)]).toEqual(["result", "sport"]);
      } finally {
        clearInterval(other);
      }
    } finally {
      clearInterval(send);
    }
  } finally {
    radio.close();
    dish.close();
  }
});
