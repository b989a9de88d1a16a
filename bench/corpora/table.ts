/** A row: what it is, and its value in a column; "" where there is none. */
export type Row<T> = readonly [what: string, value: (figures: T) => string];

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

export function rounded(value: number | undefined, digits = 0): string {
  return value === undefined
    ? ""
    : value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** "12.3 x" */
export function ratio(ours: number, reference: number | undefined): string {
  return reference === undefined ? "" : `${(ours / reference).toFixed(1)} x`;
}
