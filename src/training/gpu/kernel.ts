import { type Count, countInWgsl } from "./notation.js";

/** Threads of a workgroup that shares one row's work. */
const LANES = 64;
/** Rows and columns of a product that a workgroup computes, and how much of the inner dimension at a time. */
const TILE = 32;
const DEPTH = 16;
const THREADS = (TILE * TILE) / 4;

/** One operation of a step. */
export interface Kernel {
  /** For messages of the driver. */
  readonly name: string;
  /** WGSL in the notation of `notation.ts`; its entry is `main`. */
  readonly code: string;
  /** Workgroups: as many as `count` has parts of `per`, in two dimensions for a product. */
  readonly groups: readonly { readonly count: Count; readonly per: number }[];
}

/** A kernel that calls functions of its own. @param functions WGSL in the same notation */
export function withFunctions(functions: string, kernel: Kernel): Kernel {
  return { ...kernel, code: functions + kernel.code };
}

/** Runs `body` for each `i` below the count. */
export function each(name: string, count: Count, body: string): Kernel {
  const code = `
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * groups.x + group.x) * ${LANES} + lane;
  if (i >= ${countInWgsl(count)}) { return; }
  ${body}
}`;
  return { name, code, groups: [{ count, per: LANES }] };
}

/**
 * Runs `body` for each `i` below the count, by 64 lanes at once, of which each has its `lane`. `total(share, lane)` is the
 * sum over lanes, and has to be asked by all of them.
 */
export function byLanes(name: string, count: Count, body: string): Kernel {
  const code = `
const LANES = ${LANES}u;
var<workgroup> shares: array<vec4f, ${LANES}>;
fn total(share: vec4f, lane: u32) -> vec4f {
  shares[lane] = share;
  workgroupBarrier();
  for (var half = ${LANES / 2}u; half > 0; half >>= 1) {
    if (lane < half) { shares[lane] += shares[lane + half]; }
    workgroupBarrier();
  }
  let sum = shares[0];
  workgroupBarrier(); // before another sum begins
  return sum;
}
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = group.y * groups.x + group.x;
  if (i >= ${countInWgsl(count)}) { return; }
  ${body}
}`;
  return { name, code, groups: [{ count, per: 1 }] };
}

export interface ColumnSums {
  readonly rows: Count;
  readonly columns: Count;
  /** What is summed: number `j` of row `i`. */
  readonly element: string;
  /** Where the sum of column `j` goes. */
  readonly to: string;
}

export function columnSums(name: string, { rows, columns, element, to }: ColumnSums): Kernel {
  return byLanes(
    name,
    columns,
    `let j = i;
  var sum = 0.0;
  for (var i = lane; i < ${countInWgsl(rows)}; i += LANES) { sum += ${element}; }
  sum = total(vec4f(sum), lane).x;
  if (lane == 0) { ${to} = sum; }`,
  );
}

/** A product of two matrices. */
export interface Product {
  readonly rows: Count;
  readonly columns: Count;
  /** What is summed over. */
  readonly inner: Count;
  /** Number `k` of row `i` of the left matrix. */
  readonly left: string;
  /** Number `k` of column `j` of the right matrix. */
  readonly right: string;
  /** The matrix that is read column by column. */
  readonly transposed?: "left" | "right";
  /** What becomes of `sum`, the number of row `i` and column `j`. */
  readonly put: string;
}

/** In tiles, of which each thread computes 2 x 2 numbers; the parts of both matrices that a tile needs are shared by its threads. */
export function product(
  name: string,
  { rows, columns, inner, left, right, transposed, put }: Product,
): Kernel {
  const code = `
var<workgroup> lefts: array<f32, ${DEPTH * (TILE + 1)}>;
var<workgroup> rights: array<f32, ${DEPTH * (TILE + 1)}>;
fn left(i: u32, k: u32) -> f32 { return ${left}; }
fn right(k: u32, j: u32) -> f32 { return ${right}; }
fn put(i: u32, j: u32, sum: f32) {
  if (i >= ${countInWgsl(rows)} || j >= ${countInWgsl(columns)}) { return; }
  ${put}
}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let inner = ${countInWgsl(inner)};
  let row = group.y * ${TILE};
  let column = group.x * ${TILE};
  let down = 2 * (thread / ${TILE / 2});
  let across = 2 * (thread % ${TILE / 2});
  var above = vec2f();
  var below = vec2f();
  for (var begin = 0u; begin < inner; begin += ${DEPTH}) {
    for (var n = thread; n < ${DEPTH * TILE}; n += ${THREADS}) {
      { ${neighbours(transposed === "left")}
        let i = row + outer;
        let k = begin + depth;
        var number = 0.0;
        if (i < ${countInWgsl(rows)} && k < inner) { number = left(i, k); }
        lefts[depth * ${TILE + 1} + outer] = number; }
      { ${neighbours(transposed !== "right")}
        let j = column + outer;
        let k = begin + depth;
        var number = 0.0;
        if (j < ${countInWgsl(columns)} && k < inner) { number = right(k, j); }
        rights[depth * ${TILE + 1} + outer] = number; }
    }
    workgroupBarrier();
    for (var depth = 0u; depth < ${DEPTH}; depth++) {
      let l = depth * ${TILE + 1} + down;
      let r = depth * ${TILE + 1} + across;
      let pair = vec2f(rights[r], rights[r + 1]);
      above += lefts[l] * pair;
      below += lefts[l + 1] * pair;
    }
    workgroupBarrier();
  }
  put(row + down, column + across, above.x);
  put(row + down, column + across + 1, above.y);
  put(row + down + 1, column + across, below.x);
  put(row + down + 1, column + across + 1, below.y);
}`;
  return {
    name,
    code,
    groups: [
      { count: columns, per: TILE },
      { count: rows, per: TILE },
    ],
  };
}

/** Which number of a tile thread `n` reads: those of neighbouring threads stand side by side in memory. */
function neighbours(isOuter: boolean): string {
  return isOuter
    ? `let depth = n / ${TILE}; let outer = n % ${TILE};`
    : `let depth = n % ${DEPTH}; let outer = n / ${DEPTH};`;
}
