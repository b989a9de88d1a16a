import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RecentWords } from "../../src/text/recent-words.js";

describe("RecentWords", () => {
  it("makes a word's value once, while it is asked for at least once in so many words", () => {
    const made: string[] = [];
    const words = new RecentWords(10, (word) => {
      made.push(word);
      return word.length;
    });
    for (let i = 0; i < 100; i++) {
      assert.equal(words.get("often"), 5);
      assert.equal(words.get(`word${i}`), `word${i}`.length);
    }
    assert.deepEqual(
      made.filter((word) => word === "often"),
      ["often"],
    );
    assert.equal(made.length, 101);
  });

  it("remembers twice a half at most, and no very long word", () => {
    const made = new Map<string, number>();
    const words = new RecentWords(10, (word) => {
      made.set(word, (made.get(word) ?? 0) + 1);
      return word;
    });
    const all = Array.from({ length: 30 }, (_, i) => `word${i}`);
    for (const word of all) words.get(word);
    for (const word of all.toReversed().slice(0, 10)) words.get(word);
    const twice = (): string[] => [...made].filter(([, times]) => times > 1).map(([word]) => word);
    assert.deepEqual(twice(), []);
    for (const word of all) words.get(word);
    assert.ok(twice().length >= 10);
    const long = "a".repeat(65);
    words.get(long);
    words.get(long);
    assert.equal(made.get(long), 2);
  });

  it("forgets what was not asked for while so many others came", () => {
    let made = 0;
    const words = new RecentWords(10, () => ++made);
    words.get("once");
    for (let i = 0; i < 20; i++) words.get(`word${i}`);
    assert.equal(made, 21);
    assert.equal(words.get("once"), 22);
  });

  it("keeps long words without the texts that they stood in", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const words = new RecentWords(1000, (word) => word);
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = heap();
    for (let i = 0; i < 500; i++) {
      const text = `${" ".repeat(20_000)}${"x".repeat(40)}${i}`;
      words.get(text.slice(20_000));
    }
    const kept = heap() - before;
    assert.ok(kept < 1e6, `${kept} bytes of 500 words, in texts of 10 MB`);
    assert.equal(words.get("a".repeat(40)), "a".repeat(40)); // it is still in use
  });
});
