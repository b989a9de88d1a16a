const SHOWN_CHARACTERS = 60;

/** A value of a JSON file for a message: its JSON, the beginning if it is long. */
export function shownJson(value: unknown): string {
  const json = jsonOf(value) ?? "nothing";
  return json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}...` : json;
}

/** JSON.parse takes any depth, JSON.stringify overflows the stack at some thousand; 1e999 is Infinity. */
function jsonOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return `${Array.isArray(value) ? "a list" : "an object"} nested too deep to be shown`;
  }
}
