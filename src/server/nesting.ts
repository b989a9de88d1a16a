/** JSON nested deeper than this is refused: what walks through it might run out of stack. */
export const DEEPEST = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** [ and { open, ] and } close: the same two but for one bit. */
const CASE = 0x20;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/** Whether a JSON text is nested too deep; found before it is parsed. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) isText = true;
    else if ((code & ~CASE) === OPENING) {
      if (++depth > DEEPEST) return true;
    } else if ((code & ~CASE) === CLOSING) depth--;
  }
  return false;
}
