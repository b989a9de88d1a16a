/** A row: what it is, and its value in a column; "" where there is none. */
export type Row<T> = readonly [what: string, value: (figures: T) => string];

/** What a column costs. */
export type Cost<T> = readonly [what: string, value: (figures: T) => number];

/** A table in Markdown, a column a corpus. */
export function tableOf<T extends { readonly name: string }>(
  figures: readonly T[],
  rows: readonly Row<T>[],
): string {
  const lines = [
    `| | ${figures.map(({ name }) => name).join(" | ")} |`,
    `| --- |${" ---: |".repeat(figures.length)}`,
    ...rows.map(([what, value]) => `| ${what} | ${figures.map(value).join(" | ")} |`),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * A table of costs over those of the column before, in units of what n log n allows: 1 is n log n, less is better.
 * Nothing for a single column.
 */
export function growthTableOf<T extends { readonly name: string }>(
  figures: readonly T[],
  costs: readonly Cost<T>[],
  sizeOf: (figures: T) => number,
): string {
  if (figures.length < 2) return "";
  const work = (one: T): number => sizeOf(one) * Math.log(sizeOf(one));
  const rows = costs.map(([what, cost]): Row<T> => {
    const growth = (one: T): string => {
      const before = figures[figures.indexOf(one) - 1] as T;
      return (cost(one) / cost(before) / (work(one) / work(before))).toFixed(2);
    };
    return [`${what}, over n log n of the column before`, growth];
  });
  return `\n${tableOf(figures.slice(1), rows)}`;
}

export function rounded(value: number | undefined, digits = 0): string {
  return value === undefined
    ? ""
    : value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** "12.3 x" */
export function ratio(ours: number, reference: number | undefined): string {
  return reference === undefined ? "" : `${(ours / reference).toFixed(1)} x`;
}
