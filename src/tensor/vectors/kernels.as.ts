/*
 * AssemblyScript: `npm run build` compiles it to kernels.wasm, whose vector instructions take four floats at once. Arguments
 * are addresses of floats, or of 32-bit integers where they are rows; widths and counts are in numbers, not in bytes. What is
 * left over of a row after its last four is done one by one.
 */

const FLOAT: usize = 4;
const VECTOR: usize = 16;

function place(index: i32): usize {
  return <usize>index * FLOAT;
}

/** Bytes of a row that are whole vectors. */
function whole(bytes: usize): usize {
  return bytes & ~(VECTOR - 1);
}

function sumOf(vector: v128): f32 {
  return (
    f32x4.extract_lane(vector, 0) +
    f32x4.extract_lane(vector, 1) +
    f32x4.extract_lane(vector, 2) +
    f32x4.extract_lane(vector, 3)
  );
}

function scaled(factor: f32, vector: v128): v128 {
  return f32x4.mul(f32x4.splat(factor), vector);
}

/** sums += weight x row, for each of some rows of a table. */
export function addRows(
  table: usize,
  width: i32,
  rows: usize,
  weights: usize,
  count: i32,
  sums: usize,
): void {
  const bytes = place(width);
  for (let i = 0; i < count; i++) {
    const row = table + <usize>load<u32>(rows + place(i)) * bytes;
    const weight = load<f32>(weights + place(i));
    const weights4 = f32x4.splat(weight);
    let at: usize = 0;
    for (; at < whole(bytes); at += VECTOR) {
      v128.store(sums + at, f32x4.add(v128.load(sums + at), f32x4.mul(weights4, v128.load(row + at))));
    }
    for (; at < bytes; at += FLOAT) {
      store<f32>(sums + at, load<f32>(sums + at) + weight * load<f32>(row + at));
    }
  }
}

/** For each of some rows of a table: its gradient += weight x direction, and along = direction . row. */
export function pullRows(
  table: usize,
  gradient: usize,
  width: i32,
  rows: usize,
  weights: usize,
  count: i32,
  direction: usize,
  along: usize,
): void {
  const bytes = place(width);
  for (let i = 0; i < count; i++) {
    const from = <usize>load<u32>(rows + place(i)) * bytes;
    const row = table + from;
    const onRow = gradient + from;
    const weight = load<f32>(weights + place(i));
    const weights4 = f32x4.splat(weight);
    let sums = f32x4.splat(0);
    let at: usize = 0;
    for (; at < whole(bytes); at += VECTOR) {
      const pull = v128.load(direction + at);
      sums = f32x4.add(sums, f32x4.mul(pull, v128.load(row + at)));
      v128.store(onRow + at, f32x4.add(v128.load(onRow + at), f32x4.mul(weights4, pull)));
    }
    let sum = sumOf(sums);
    for (; at < bytes; at += FLOAT) {
      const pull = load<f32>(direction + at);
      sum += pull * load<f32>(row + at);
      store<f32>(onRow + at, load<f32>(onRow + at) + weight * pull);
    }
    store<f32>(along + place(i), sum);
  }
}

/** One step of Adam for `count` numbers, by their moments and gradients; what is kept of moments, and added to them. */
export function adam(
  values: usize,
  first: usize,
  second: usize,
  gradient: usize,
  count: i32,
  keepFirst: f32,
  addFirst: f32,
  keepSecond: f32,
  addSecond: f32,
  keepValue: f32,
  rate: f32,
  epsilon: f32,
): void {
  const bytes = place(count);
  let at: usize = 0;
  for (; at < whole(bytes); at += VECTOR) {
    const g = v128.load(gradient + at);
    const m = f32x4.add(scaled(keepFirst, v128.load(first + at)), scaled(addFirst, g));
    const v = f32x4.add(scaled(keepSecond, v128.load(second + at)), f32x4.mul(scaled(addSecond, g), g));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const step = f32x4.div(scaled(rate, m), f32x4.add(f32x4.sqrt(v), f32x4.splat(epsilon)));
    v128.store(values + at, f32x4.sub(scaled(keepValue, v128.load(values + at)), step));
  }
  for (; at < bytes; at += FLOAT) {
    const g = load<f32>(gradient + at);
    const m = keepFirst * load<f32>(first + at) + addFirst * g;
    const v = keepSecond * load<f32>(second + at) + addSecond * g * g;
    store<f32>(first + at, m);
    store<f32>(second + at, v);
    store<f32>(values + at, keepValue * load<f32>(values + at) - (rate * m) / (sqrt<f32>(v) + epsilon));
  }
}

/** The sum of the squares of `count` numbers, in doubles: there may be millions. */
export function squares(values: usize, count: i32): f64 {
  const bytes = place(count);
  let sums = f64x2.splat(0);
  let at: usize = 0;
  for (; at < whole(bytes); at += VECTOR) {
    const four = v128.load(values + at);
    const low = f64x2.promote_low_f32x4(four);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3));
    sums = f64x2.add(sums, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; at < bytes; at += FLOAT) {
    const value = <f64>load<f32>(values + at);
    sum += value * value;
  }
  return sum;
}

/** e to the power of x, to the last digit or two of a float: 2 to the power of a whole number, times a series. */
function exponential(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(88));
  const power = f32x4.nearest(scaled(Mathf.LOG2E, bounded));
  // ln 2 in two parts: the first has few digits, so that its product is exact.
  const rest = f32x4.sub(f32x4.sub(bounded, scaled(0.693359375, power)), scaled(-0.00021219444, power));
  let series = f32x4.splat(1 / 5040.0);
  series = f32x4.add(f32x4.mul(series, rest), f32x4.splat(1 / 720.0));
  series = f32x4.add(f32x4.mul(series, rest), f32x4.splat(1 / 120.0));
  series = f32x4.add(f32x4.mul(series, rest), f32x4.splat(1 / 24.0));
  series = f32x4.add(f32x4.mul(series, rest), f32x4.splat(1 / 6.0));
  series = f32x4.add(f32x4.mul(series, rest), f32x4.splat(0.5));
  series = f32x4.add(f32x4.mul(series, rest), f32x4.splat(1));
  series = f32x4.add(f32x4.mul(series, rest), f32x4.splat(1));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(power), i32x4.splat(127));
  return f32x4.mul(series, i32x4.shl(exponent, 23));
}

/** 1 / (1 + e^(-slope x)) */
function sigmoid(slope: f32, x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(scaled(-slope, x))));
}

/** values = values x sigmoid(slope values). Here and below up to three numbers beyond `count` change too. */
export function gelu(values: usize, count: i32, slope: f32): void {
  for (const end = values + place(count); values < end; values += VECTOR) {
    const x = v128.load(values);
    v128.store(values, f32x4.mul(x, sigmoid(slope, x)));
  }
}

/** gradient *= the derivative of gelu at x. */
export function geluBackward(gradient: usize, x: usize, count: i32, slope: f32): void {
  const one = f32x4.splat(1);
  for (const end = gradient + place(count); gradient < end; gradient += VECTOR, x += VECTOR) {
    const value = v128.load(x);
    const share = sigmoid(slope, value);
    const rise = f32x4.mul(scaled(slope, value), f32x4.sub(one, share));
    const derivative = f32x4.mul(share, f32x4.add(one, rise));
    v128.store(gradient, f32x4.mul(v128.load(gradient), derivative));
  }
}

/** values = tanh(values), which is 2 sigmoid(2 values) - 1. */
export function tanh(values: usize, count: i32): void {
  for (const end = values + place(count); values < end; values += VECTOR) {
    v128.store(values, f32x4.sub(scaled(2, sigmoid(2, v128.load(values))), f32x4.splat(1)));
  }
}
