import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeUtf8 } from "../../src/kb/utf8.js";

describe("decodeUtf8", () => {
  it("gives back a text of any length, ASCII or not, wherever its bytes lie", () => {
    const ascii = "The quick brown fox jumps over the lazy dog, twice.";
    for (const suffix of ["", "é", "東京", "𝒳"]) {
      for (let length = 0; length <= ascii.length; length++) {
        for (const text of [ascii.slice(0, length) + suffix, suffix + ascii.slice(0, length)]) {
          const bytes = new TextEncoder().encode(`xé${text}y`);
          assert.equal(decodeUtf8(bytes, 3, bytes.length - 1), text);
        }
      }
    }
  });

  it("keeps a byte order mark", () => {
    const bytes = new TextEncoder().encode("\ufeffname");
    assert.equal(decodeUtf8(bytes, 0, bytes.length), "\ufeffname");
  });
});
