/** Most numbers that are kept for the next pass: 16 MB. */
const MOST_KEPT = 1 << 22;

let memory = new Float32Array(0);
/** Of `memory`, by the passes that are under way. */
let used = 0;
/** What they found no room for. */
let missing = 0;
let depth = 0;

/**
 * Runs a pass of a model. Arrays that {@link zeros} gives it are given to the next one too, so that none may be kept. A
 * pass makes megabytes of numbers that nobody needs after it; V8 counts such memory apart from its heap, and would
 * collect the whole heap every dozen passes, however large it is.
 */
export function inPass<T>(pass: () => T): T {
  const start = used;
  depth++;
  try {
    return pass();
  } finally {
    used = start;
    depth--;
    if (depth === 0) makeRoom();
  }
}

/** So many zeros, in memory that the next pass uses again; outside a pass an array of their own. */
export function zeros(length: number): Float32Array {
  return unset(length).fill(0);
}

/** As {@link zeros}, but whatever numbers were there: for those that are all written at once. */
export function unset(length: number): Float32Array {
  if (depth === 0) return new Float32Array(length);
  if (used + length > memory.length) {
    missing += length;
    return new Float32Array(length);
  }
  const values = new Float32Array(memory.buffer, used * Float32Array.BYTES_PER_ELEMENT, length);
  used += length;
  return values;
}

/** For passes as large as those before. */
function makeRoom(): void {
  const length = Math.min(MOST_KEPT, memory.length + missing);
  missing = 0;
  if (length > memory.length) memory = new Float32Array(length);
}
