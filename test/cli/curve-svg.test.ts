import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { curveSvg } from "../../src/cli/curve-svg.js";
import type { CurvePoint, LearningCurve } from "../../src/training/learning-curve.js";

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const ENTITY = /&(?:#\d+|amp|lt|gt|quot);/g;

/** The tags of well-formed XML; fails where one is not closed, crosses another, or text or a value has raw marks. */
function parseXml(xml: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  const assertText = (text: string): void => assert.doesNotMatch(text.replaceAll(ENTITY, ""), /[<>&]/, text);
  let from = 0;
  for (const match of xml.matchAll(/<(\/?)(\w+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    const [whole, closes, name = "", attributes = "", isEmpty] = match;
    assertText(xml.slice(from, match.index));
    from = match.index + whole.length;
    if (closes) {
      assert.equal(open.pop(), name, "the tag that was opened last is closed first");
      continue;
    }
    const values = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
      ([, key = "", value = ""]) => [key, value] as const,
    );
    for (const [, value] of values) assertText(value);
    tags.push({ name, attributes: Object.fromEntries(values) });
    if (!isEmpty) open.push(name);
  }
  assert.deepEqual(open, [], "all tags are closed");
  assert.equal(xml.slice(from).trim(), "");
  return tags;
}

const numbersOf = (tags: readonly Tag[], name: string, attribute: string): number[] =>
  tags.filter((tag) => tag.name === name).map(({ attributes }) => Number(attributes[attribute]));

function pointOf(size: number, mean: number, sd = 0): CurvePoint {
  return { size, accuracy: { mean, sd }, accuracy_ambiguous: { mean: 0, sd: 0 }, runs: [] };
}

function curveOf(curves: LearningCurve["curves"], prior_accuracy = 0.6): LearningCurve {
  return { train: "train.jsonl", dev: "dev.jsonl", prior_accuracy, oracle_accuracy: 1, curves };
}

const TWO = curveOf([
  { init: "random", points: [pointOf(0, 0.6), pointOf(30, 0.7, 0.05), pointOf(1000, 0.9, 0.01)] },
  { init: "base", points: [pointOf(0, 0.8), pointOf(30, 0.82), pointOf(1000, 0.91)] },
]);

describe("curveSvg", () => {
  const svg = curveSvg(TWO);
  const tags = parseXml(svg);

  it("is one svg element of well-formed XML", () => {
    assert.equal(tags[0]?.name, "svg");
    assert.equal(tags[0]?.attributes.xmlns, "http://www.w3.org/2000/svg");
    assert.equal(tags.filter(({ name }) => name === "svg").length, 1);
  });

  it("has a circle for each point, on the line of its start", () => {
    const points = tags
      .filter(({ name }) => name === "polyline")
      .flatMap(({ attributes }) => attributes.points?.split(" "));
    const [xs, ys] = [numbersOf(tags, "circle", "cx"), numbersOf(tags, "circle", "cy")];
    assert.equal(xs.length, 6);
    assert.deepEqual(
      points,
      xs.map((x, i) => `${x.toFixed(1)},${(ys[i] as number).toFixed(1)}`),
    );
  });

  it("draws more accuracy higher, and more mentions farther right, each size at one place", () => {
    const accuracies = TWO.curves.flatMap(({ points }) => points.map(({ accuracy }) => accuracy.mean));
    const heights = numbersOf(tags, "circle", "cy").map((y, i) => ({ y, accuracy: accuracies[i] as number }));
    const ranked = heights.toSorted((a, b) => a.accuracy - b.accuracy);
    ranked.slice(1).forEach(({ y }, i) => {
      assert.ok(y < (ranked[i]?.y as number));
    });
    const [zero = 0, thirty = 0, thousand = 0, ...again] = numbersOf(tags, "circle", "cx");
    assert.ok(zero < thirty && thirty < thousand);
    assert.deepEqual(again, [zero, thirty, thousand]);
  });

  it("spaces sizes by their logarithm", () => {
    const sizes = [10, 100, 1000].map((size) => pointOf(size, 0.7));
    const [a = 0, b = 0, c = 0] = numbersOf(
      parseXml(curveSvg(curveOf([{ init: "base", points: sizes }]))),
      "circle",
      "cx",
    );
    assert.ok(Math.abs(b - a - (c - b)) < 0.2, `${a}, ${b}, ${c}`);
  });

  it("names starts, sizes, values and the prior", () => {
    for (const text of ["start: random", "start: base", ">1,000<", "30 mentions: 70.0 ± 5.0", "prior 60.0"]) {
      assert.ok(svg.includes(text), text);
    }
  });

  it("escapes a start's name", () => {
    const init = '../a<b>&"c"';
    const escaped = curveSvg(curveOf([{ init, points: [pointOf(5, 0.7)] }]));
    parseXml(escaped);
    assert.ok(escaped.includes("start: ../a&#60;b&#62;&#38;&#34;c&#34;"));
  });

  for (const [title, curve] of [
    ["one point", curveOf([{ init: "base", points: [pointOf(5, 0.7)] }])],
    ["size 0 alone", curveOf([{ init: "base", points: [pointOf(0, 0.7)] }])],
    ["all right", curveOf([{ init: "base", points: [pointOf(0, 1), pointOf(7, 1)] }], 1)],
    ["nothing right", curveOf([{ init: "base", points: [pointOf(0, 0), pointOf(7, 0)] }], 0)],
    ["no point at all", curveOf([])],
    ["wide bars", curveOf([{ init: "base", points: [pointOf(3, 0.5, 0.3), pointOf(99, 0.95, 0.04)] }])],
    ["two starts", TWO],
  ] as const) {
    it(`stays within its frame: ${title}`, () => {
      const parsed = parseXml(curveSvg(curve));
      const [, , width = 0, height = 0] = (parsed[0]?.attributes.viewBox ?? "").split(" ").map(Number);
      const placed = (keys: readonly string[]): number[] =>
        parsed.flatMap(({ attributes }) =>
          keys.flatMap((key) => (key in attributes ? [Number(attributes[key])] : [])),
        );
      const [xs, ys] = [placed(["x", "x1", "x2", "cx"]), placed(["y", "y1", "y2", "cy"])];
      assert.ok(xs.every((x) => x >= 0 && x <= width) && xs.length > 0, `${xs}`);
      assert.ok(ys.every((y) => y >= 0 && y <= height) && ys.length > 0, `${ys}`);
    });
  }
});
