/** Whether two different strings are one letter apart: wrong, missing, too many, or swapped with its neighbour. */
export function isOneTypo(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a.charCodeAt(head) === b.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < shorter - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) {
    tail++;
  }
  const ownRest = a.length - head - tail;
  const otherRest = b.length - head - tail;
  if (ownRest === 2 && otherRest === 2) return a[head] === b[head + 1] && a[head + 1] === b[head];
  return ownRest <= 1 && otherRest <= 1 && a !== b;
}

/** The strings that two neighbouring letters of `text`, swapped, make of it. */
export function* swaps(text: string): Generator<string> {
  for (let i = 0; i + 1 < text.length; i++) {
    yield text.slice(0, i) + text.charAt(i + 1) + text.charAt(i) + text.slice(i + 2);
  }
}
