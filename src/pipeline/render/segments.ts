import type { TextLink } from "../text-link.js";
import type { LinkedText } from "./linked-text.js";

/** A stretch of a text, and the links whose mentions cover it, the shortest mention first. */
export interface Segment {
  readonly text: string;
  readonly links: readonly TextLink[];
}

/** Cuts a text at the ends of its mentions; mentions that overlap share segments, and none is lost. */
export function segmentsOf({ text, links }: LinkedText): Segment[] {
  const shown = links.filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
  const cuts = [...new Set([0, text.length, ...shown.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  );
  const opening = [...shown].sort((a, b) => a.start - b.start);
  let open: TextLink[] = [];
  let next = 0;
  return cuts.slice(0, -1).map((from, i) => {
    open = open.filter(({ end }) => end > from);
    while (next < opening.length && (opening[next] as TextLink).start <= from) {
      open.push(opening[next] as TextLink);
      next++;
    }
    const covering = [...open].sort((a, b) => a.end - a.start - (b.end - b.start));
    return { text: text.slice(from, cuts[i + 1]), links: covering };
  });
}
