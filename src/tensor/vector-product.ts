import { type Matrix, matrix } from "./matrix.js";

/** The product where a column or a row of numbers is one of the two, transposed or not; else undefined. */
export function vectorProduct(
  left: Matrix,
  right: Matrix,
  transposed: "left" | "right" | undefined,
): Matrix | undefined {
  if (transposed === "left") {
    if (right.width === 1) return matrix(left.width, 1, weightedRows(left, right.values));
    return left.rows === 1 ? outer(left.values, right.values) : undefined;
  }
  if (transposed === "right" ? right.rows === 1 : right.width === 1) return dots(left, right.values);
  return left.width === 1 ? outer(left.values, right.values) : undefined;
}

/** Each row's dot product with the vector. */
function dots({ values, rows, width }: Matrix, vector: Float32Array): Matrix {
  const product = matrix(rows, 1);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let k = 0, at = row * width; k < width; k++)
      sum += (values[at + k] as number) * (vector[k] as number);
    product.values[row] = sum;
  }
  return product;
}

/** The sum of all rows, each times its number. */
function weightedRows({ values, rows, width }: Matrix, weights: Float32Array): Float32Array {
  const { values: sums } = matrix(1, width);
  for (let row = 0; row < rows; row++) {
    const weight = weights[row] as number;
    for (let k = 0, at = row * width; k < width; k++) {
      sums[k] = (sums[k] as number) + weight * (values[at + k] as number);
    }
  }
  return sums;
}

/** Each number of one times each of the other. */
function outer(column: Float32Array, row: Float32Array): Matrix {
  const product = matrix(column.length, row.length);
  for (let i = 0, at = 0; i < column.length; i++) {
    const factor = column[i] as number;
    for (let j = 0; j < row.length; j++) product.values[at++] = factor * (row[j] as number);
  }
  return product;
}
