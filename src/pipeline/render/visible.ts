/** What terminals obey, and marks that turn the direction of what follows; tabs and line ends apart. */
const OBEYED = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/gu;
/** Unicode's pictures of control characters stand in their order from here on. */
const PICTURES = 0x2400;
const PICTURE_OF_DELETE = "\u2421";
const UNKNOWN = "\ufffd";

/** A text from anywhere as it may be shown: characters that would steer a terminal become pictures, one each. */
export function visible(text: string): string {
  return text.replaceAll(OBEYED, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(PICTURES + code);
    return code === 0x7f ? PICTURE_OF_DELETE : UNKNOWN;
  });
}
