import { LinkwrightError } from "../../errors.js";

/** An error on its way from one thread to another: it would lose its class and code. */
export interface PlainError {
  readonly message: string;
  readonly code: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  const { message } = error as Error;
  return { message, code: error instanceof LinkwrightError ? error.code : undefined };
}

export function fromPlainError({ message, code }: PlainError): Error {
  if (code === undefined) return new Error(message);
  return new LinkwrightError(code, message.slice(`[${code}] `.length));
}
