import { Malformed } from "./answer.js";

/** An answer that is longer than anybody should send. */
export class TooLong extends Error {}

/**
 * The text of an answer, as far as it may go.
 * @param limit bytes, unpacked
 * @throws TooLong, Malformed where it is not UTF-8, and what the connection throws where it breaks off
 */
export async function readBody(response: Response, limit: number): Promise<string> {
  if (!response.body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new Malformed("what is not UTF-8");
    }
  };
  const reader = response.body.getReader();
  let [text, bytes] = ["", 0];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text + decoded();
    bytes += value.length;
    if (bytes > limit) {
      await reader.cancel();
      throw new TooLong();
    }
    text += decoded(value);
  }
}
