/** What every reader owes to damaged input: an error with a code, or a result that is sound. */
import assert from "node:assert/strict";
import { LinkwrightError, messages } from "../src/errors.js";

/** What a reader gives; undefined where it refuses, which it must do with a code and a message that names `place`. */
export async function readOrRefused<T>(read: () => T | Promise<T>, place: RegExp): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    assertCoded(error, place);
    return undefined;
  }
}

export async function assertRefused(read: () => unknown, place: RegExp, what = ""): Promise<void> {
  await assert.rejects(
    async () => read(),
    (error) => {
      assertCoded(error, place);
      return true;
    },
    what,
  );
}

function assertCoded(error: unknown, place: RegExp): asserts error is LinkwrightError {
  if (!(error instanceof LinkwrightError)) throw error; // with the stack that tells where it came from
  assert.ok(error.code in messages, error.message);
  assert.match(error.message, place);
}
