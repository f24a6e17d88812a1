/** The primitives by their published vectors: NaCl's `crypto_box` ("Cryptography in NaCl"), RFC 7748, and RFC 32. */
import sodium from "libsodium-wrappers";
import { describe, expect, it } from "vitest";
import { decodeZ85, encodeZ85 } from "../../src/curve.js";
import { sodiumCryptography } from "../../src/mechanism/sodium.js";
import { ascii, bytes, concat, pattern, same } from "../support/pieces.js";

await sodium.ready;
const library = sodiumCryptography(sodium);

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));

const alice = {
  secretKey: hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
  publicKey: hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
};
const bob = {
  secretKey: hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
  publicKey: hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
};
const firstKey = hex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
const nonce = hex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
const message = hex(
  "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c0123" +
    "3561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924" +
    "ca1c60902e52f0a089bc76897040e082f937763848645e0705",
);
const boxed = hex(
  "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98" +
    "dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6b" +
    "b3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5",
);

describe("crypto_box", () => {
  it("is NaCl's, by its vectors", () => {
    expect(library.publicKey(alice.secretKey)).toEqual(alice.publicKey);
    expect(library.publicKey(bob.secretKey)).toEqual(bob.publicKey);
    expect(library.sharedKey(bob.publicKey, alice.secretKey)).toEqual(firstKey);
    expect(library.sharedKey(alice.publicKey, bob.secretKey)).toEqual(firstKey);
    expect(library.seal([message], nonce, firstKey)).toEqual(boxed);
    expect(library.open(boxed, nonce, firstKey)).toEqual(message);
  });

  it("takes its clear text in parts, and leaves room in front", () => {
    const parts = [message.subarray(0, 1), bytes(), message.subarray(1, 100), message.subarray(100)];
    expect(library.seal(parts, nonce, firstKey, 11)).toEqual(concat(new Uint8Array(11), boxed));
    expect(library.open(library.seal([], nonce, firstKey), nonce, firstKey)).toEqual(bytes());
  });

  it("opens nothing that is not just what was sealed", () => {
    for (let at = 0; at < boxed.length; at++) {
      const changed = boxed.slice();
      changed[at] ^= 1 << (at % 8);
      expect(library.open(changed, nonce, firstKey)).toBeUndefined();
    }
    for (const size of [0, 1, 15, 16, boxed.length - 1]) {
      expect(library.open(boxed.subarray(0, size), nonce, firstKey)).toBeUndefined();
    }
    expect(
      library.open(
        boxed,
        nonce.map((octet) => octet ^ 1),
        firstKey,
      ),
    ).toBeUndefined();
    expect(library.open(boxed, nonce, alice.secretKey)).toBeUndefined();
  });

  it("has boxes of any size, one after the other", () => {
    for (const size of [0, 1, 2047, 2048, 70_000, 5_000_000, 3]) {
      const clear = pattern(size, size + 7);
      const box = library.seal([clear], nonce, firstKey);
      expect(box.length).toBe(size + 16);
      expect(same(library.open(box, nonce, firstKey) as Uint8Array, clear)).toBe(true);
    }
  });

  it("shares nothing with a public key of a small order", () => {
    expect(library.sharedKey(new Uint8Array(32), alice.secretKey)).toBeUndefined();
    expect(library.sharedKey(concat(bytes(1), new Uint8Array(31)), alice.secretKey)).toBeUndefined();
  });

  it("leaves no key in the library's memory", () => {
    const key = pattern(32, 4711);
    library.open(library.seal([message], nonce, key), nonce, key);
    const memory = Buffer.from((sodium as unknown as { libsodium: { HEAPU8: Uint8Array } }).libsodium.HEAPU8);
    expect(memory.includes(Buffer.from(key))).toBe(false);
  });
});

describe("Z85", () => {
  it("is the RFC's, by its vectors", () => {
    expect(encodeZ85(hex("864fd26fb559f75b"))).toBe("HelloWorld");
    expect(decodeZ85("HelloWorld")).toEqual(hex("864fd26fb559f75b"));
    const key = hex("8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7");
    expect(encodeZ85(key)).toBe("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
    expect(decodeZ85(encodeZ85(pattern(400)))).toEqual(pattern(400));
    expect([encodeZ85(bytes()), encodeZ85(bytes(255, 255, 255, 255))]).toEqual(["", "%nSc0"]);
    expect(decodeZ85("%nSc0")).toEqual(bytes(255, 255, 255, 255));
  });

  it("refuses what it is not, without showing it", () => {
    expect(() => encodeZ85(ascii("12345"))).toThrow(RangeError);
    for (const text of ["1234", "%nSc1", "~0000", "Hell World", "#####"]) {
      expect(() => decodeZ85(text)).toThrow(TypeError);
      expect(() => decodeZ85(text)).toThrow(expect.not.stringContaining(text));
    }
  });
});
