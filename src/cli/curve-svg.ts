import type { CurvePoint, LearningCurve } from "../training/learning-curve.js";
import { percentText } from "./text.js";

const WIDTH = 720;
const HEIGHT = 440;
const LEFT = 60;
const RIGHT = 20;
const TOP = 40;
const BOTTOM = 60;
/** Distinguishable for the colour-blind (Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];
/** Shares of a plot between whole ticks, in percent. */
const TICK = 5;

interface Axes {
  readonly x: (size: number) => number;
  readonly y: (share: number) => number;
  readonly ticks: readonly number[];
}

/** A learning curve as a picture: accuracy on dev over mentions (logarithmic), bars of one standard deviation. */
export function curveSvg(curve: LearningCurve): string {
  const axes = axesOf(curve);
  const sizes = curve.curves[0]?.points.map(({ size }) => size) ?? [];
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    "<title>Accuracy on dev by training mentions</title>",
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    ...axes.ticks.map((share) => tick(axes, share)),
    ...sizes.map((size) => text(axes.x(size), HEIGHT - BOTTOM + 18, size.toLocaleString("en"))),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 18, "training mentions"),
    text(LEFT, TOP - 20, "accuracy on dev, %"),
    level(axes, curve.prior_accuracy, "prior"),
    ...curve.curves.flatMap(({ init, points }, i) => series(axes, points, { name: init, index: i })),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function axesOf({ curves, prior_accuracy }: LearningCurve): Axes {
  const points = curves.flatMap((own) => own.points);
  const shares = points.flatMap(({ accuracy: { mean, sd } }) => [mean - sd, mean + sd]);
  const low = Math.floor((100 * Math.min(prior_accuracy, ...shares)) / TICK) * TICK;
  const top = Math.min(100, 100 * Math.max(prior_accuracy, ...shares)); // a mean plus its deviation may lie above
  const high = Math.max(low + TICK, Math.ceil(top / TICK) * TICK);
  const largest = Math.log10(Math.max(10, ...points.map(({ size }) => size)));
  const smallest = Math.log10(Math.min(10, ...points.map(({ size }) => size).filter((size) => size > 0)));
  const span = largest - smallest || 1;
  // 0 has no logarithm: it stands an eighth of the axis before the rest.
  const place = (size: number): number =>
    size === 0 ? 0 : 1 / 8 + ((7 / 8) * (Math.log10(size) - smallest)) / span;
  return {
    x: (size) => LEFT + 10 + place(size) * (WIDTH - LEFT - RIGHT - 30),
    y: (share) => HEIGHT - BOTTOM - ((100 * share - low) / (high - low)) * (HEIGHT - TOP - BOTTOM),
    ticks: Array.from({ length: (high - low) / TICK + 1 }, (_, i) => (low + i * TICK) / 100),
  };
}

function tick({ y }: Axes, share: number): string {
  const at = y(share).toFixed(1);
  return (
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#ddd"/>` +
    `<text x="${LEFT - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${Math.round(100 * share)}</text>`
  );
}

function level({ y }: Axes, share: number, name: string): string {
  const at = y(share).toFixed(1);
  return (
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#666" stroke-dasharray="5 4"/>` +
    `<text x="${WIDTH - RIGHT}" y="${(y(share) + 14).toFixed(1)}" text-anchor="end" fill="#666">${name} ${percentText(share)}</text>`
  );
}

function series(
  { x, y }: Axes,
  points: readonly CurvePoint[],
  { name, index }: { readonly name: string; readonly index: number },
): string[] {
  const colour = COLOURS[index % COLOURS.length] as string;
  const path = points.map(({ size, accuracy }) => `${x(size).toFixed(1)},${y(accuracy.mean).toFixed(1)}`);
  const marks = points.map(({ size, accuracy: { mean, sd } }) => {
    const at = x(size).toFixed(1);
    return (
      `<line x1="${at}" x2="${at}" y1="${y(mean - sd).toFixed(1)}" y2="${y(mean + sd).toFixed(1)}" stroke="${colour}"/>` +
      `<circle cx="${at}" cy="${y(mean).toFixed(1)}" r="3.5" fill="${colour}"><title>${size} mentions: ${percentText(mean)} ± ${percentText(sd)}</title></circle>`
    );
  });
  const legend = TOP - 20 + 16 * index;
  return [
    `<polyline points="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...marks,
    `<text x="${WIDTH - RIGHT}" y="${legend}" text-anchor="end" fill="${colour}">start: ${escapeXml(name)}</text>`,
  ];
}

function text(x: number, y: number, content: string): string {
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="middle">${content}</text>`;
}

const escapeXml = (value: string): string => value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
