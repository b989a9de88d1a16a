/** A value at a place of a run: the documents that were done by then. */
export type Point = readonly [documents: number, value: number];

/** A line through all points, by least squares: what goes up and down leaves it as it is, what grows tilts it. */
export interface Growth {
  /** Where the line begins. */
  readonly from: number;
  /** How much it rises from the first point to the last. */
  readonly rise: number;
}

export function growthOf(points: readonly Point[]): Growth {
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [documents, value] = [mean(0), mean(1)];
  const sum = (of: (point: Point) => number): number => points.reduce((total, point) => total + of(point), 0);
  const slope =
    sum(([x, y]) => (x - documents) * (y - value)) / sum(([x]) => (x - documents) * (x - documents));
  const [first, last] = [points[0] as Point, points.at(-1) as Point];
  return { from: value + slope * (first[0] - documents), rise: slope * (last[0] - first[0]) };
}
