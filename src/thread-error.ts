import { LinkwrightError } from "./errors.js";

/** An error on its way from one thread to another: posted as it is, it would lose its class and code. */
export interface PlainError {
  readonly message: string;
  /** That of a LinkwrightError. */
  readonly code: string | undefined;
}

/** @param error whatever was thrown, be it something that throws itself when it is looked at */
export function toPlainError(error: unknown): PlainError {
  try {
    const message = String(error instanceof Error ? error.message : error);
    return { message, code: error instanceof LinkwrightError ? error.code : undefined };
  } catch {
    return { message: "what was thrown can't be read", code: undefined };
  }
}

/** The error in the other thread: a LinkwrightError where it was one. */
export function fromPlainError({ message, code }: PlainError): Error {
  if (code === undefined) return new Error(message);
  return new LinkwrightError(code, message.slice(`[${code}] `.length));
}
