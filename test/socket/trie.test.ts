/** The trie of subscriptions, held to the obvious list of prefixes. RFC 29. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Trie } from "../../src/socket/trie.js";

const octets = fc.uint8Array({ maxLength: 6, max: 3 });
const step = fc.record({ add: fc.boolean(), prefix: octets, holder: fc.nat(2), leave: fc.nat(9) });

it("finds whoever holds a prefix of a topic, after any adds and removes", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.array(octets, { minLength: 1 }), (steps, topics) => {
      const trie = new Trie<number>();
      let model: { prefix: string; holder: number }[] = [];
      for (const { add, prefix, holder, leave } of steps) {
        const key = prefix.join();
        if (leave === 0) {
          const gone: string[] = [];
          trie.removeHolder(holder, (own) => gone.push(own.join()));
          expect(gone.sort()).toEqual(
            [...new Set(model.filter((one) => one.holder === holder).map((one) => one.prefix))].sort(),
          );
          model = model.filter((one) => one.holder !== holder);
        } else if (add) {
          expect(trie.add(prefix, holder)).toBe(!model.some((one) => one.prefix === key));
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
          expect(trie.remove(prefix, holder)).toBe(expected);
        }
      }
      for (const topic of topics) {
        const found = new Set<number>();
        trie.match(topic, (holder) => found.add(holder));
        const begins = ({ prefix }: { prefix: string }) => {
          const values = prefix === "" ? [] : prefix.split(",").map(Number);
          return values.every((value, i) => topic[i] === value);
        };
        expect([...found].sort()).toEqual([...new Set(model.filter(begins).map((one) => one.holder))].sort());
        expect(trie.matches(topic)).toBe(found.size > 0);
      }
      for (const holder of [0, 1, 2]) {
        const own = trie.prefixesOf(holder).map((prefix) => prefix.join());
        expect(own.sort()).toEqual(
          [...new Set(model.filter((one) => one.holder === holder).map((one) => one.prefix))].sort(),
        );
      }
    }),
  );
});

it("looks at as many octets as a topic has, however many prefixes there are", () => {
  const trie = new Trie<string>();
  const encode = (text: string) => new TextEncoder().encode(text);
  for (let i = 0; i < 100_000; i++) trie.add(encode(`topic/${i}/suffix`), "other");
  trie.add(encode("topic/77777/suf"), "me");
  const found: string[] = [];
  trie.match(encode("topic/77777/suffix and more"), (holder) => found.push(holder));
  expect(found.sort()).toEqual(["me", "other"]);
  expect(trie.matches(encode("topic/77777/su"))).toBe(false);
  const long = new Uint8Array(100_000).fill(7);
  trie.add(long, "long");
  expect(trie.matches(long)).toBe(true);
  expect(trie.matches(long.subarray(1))).toBe(false);
  expect(trie.remove(long, "long")).toBe("gone");
  expect(trie.matches(long)).toBe(false);
});
