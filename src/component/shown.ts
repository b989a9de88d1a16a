/** A value of the wrong kind, for messages. */
export function shown(value: unknown): string {
  return typeof value === "object" && value !== null
    ? `a ${value.constructor?.name ?? "value"}`
    : String(value);
}
