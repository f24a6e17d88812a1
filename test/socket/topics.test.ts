/** Subscriptions of many, held to the obvious list of prefixes. RFC 29. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Topics } from "../../src/socket/topics.js";

const octets = fc.uint8Array({ maxLength: 6, max: 3 });
const step = fc.record({ add: fc.boolean(), prefix: octets, holder: fc.nat(2), leave: fc.nat(9) });

it("finds whoever holds a prefix of a topic, after any adds and removes", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.array(octets, { minLength: 1 }), (steps, messages) => {
      const topics = new Topics<number>();
      let model: { prefix: string; holder: number }[] = [];
      for (const { add, prefix, holder, leave } of steps) {
        const key = prefix.join();
        if (leave === 0) {
          const gone: string[] = [];
          topics.removeHolder(holder, (own) => gone.push(own.join()));
          expect(gone.sort()).toEqual(
            [...new Set(model.filter((one) => one.holder === holder).map((one) => one.prefix))].sort(),
          );
          model = model.filter((one) => one.holder !== holder);
        } else if (add) {
          expect(topics.add(prefix, holder)).toBe(!model.some((one) => one.prefix === key));
          model.push({ prefix: key, holder });
        } else {
          const at = model.findIndex((one) => one.prefix === key && one.holder === holder);
          if (at >= 0) model.splice(at, 1);
          const held = model.filter((one) => one.prefix === key);
          const expected =
            at < 0
              ? "unknown"
              : held.some((one) => one.holder === holder)
                ? "still held"
                : held.length > 0
                  ? "held by others"
                  : "gone";
          expect(topics.remove(prefix, holder)).toBe(expected);
        }
      }
      for (const topic of messages) {
        const found = new Set<number>();
        topics.match(topic, (holder) => found.add(holder));
        const begins = ({ prefix }: { prefix: string }) => {
          const values = prefix === "" ? [] : prefix.split(",").map(Number);
          return values.every((value, i) => topic[i] === value);
        };
        expect([...found].sort()).toEqual([...new Set(model.filter(begins).map((one) => one.holder))].sort());
        expect(topics.matches(topic)).toBe(found.size > 0);
      }
      for (const holder of [0, 1, 2]) {
        const own = topics.prefixesOf(holder).map((prefix) => prefix.join());
        expect(own.sort()).toEqual(
          [...new Set(model.filter((one) => one.holder === holder).map((one) => one.prefix))].sort(),
        );
      }
    }),
  );
});

it("looks at as many octets as a topic has, however many prefixes there are", () => {
  const topics = new Topics<string>();
  const encode = (text: string) => new TextEncoder().encode(text);
  for (let i = 0; i < 100_000; i++) topics.add(encode(`topic/${i}/suffix`), "other");
  topics.add(encode("topic/77777/suf"), "me");
  const found: string[] = [];
  topics.match(encode("topic/77777/suffix and more"), (holder) => found.push(holder));
  expect(found.sort()).toEqual(["me", "other"]);
  expect(topics.matches(encode("topic/77777/su"))).toBe(false);
  const long = new Uint8Array(100_000).fill(7);
  topics.add(long, "long");
  expect(topics.matches(long)).toBe(true);
  expect(topics.matches(long.subarray(1))).toBe(false);
  expect(topics.remove(long, "long")).toBe("gone");
  expect(topics.matches(long)).toBe(false);
});
