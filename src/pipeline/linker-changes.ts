import type { LinkerOptions } from "../linker/options.js";

/** What a caller of the pipeline may want otherwise than a model does. */
export interface WantedChanges {
  readonly threshold?: number | undefined;
  readonly nSents?: number | undefined;
}

/** A caller's wishes as changes of a linker's options; a threshold takes the place of a precision and its sets. */
export function linkerChanges({ threshold, nSents }: WantedChanges): Partial<LinkerOptions> {
  return {
    ...(threshold !== undefined && { threshold, precision: null, setSize: 0 }),
    ...(nSents !== undefined && { nSents }),
  };
}
