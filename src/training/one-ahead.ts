/**
 * Values in their order, of which some are promised. While one is on its way the next is asked for: one ahead, not
 * more. A value that is no promise is given before the next is asked for.
 */
export async function* oneAhead<T>(values: Iterable<T | Promise<T>>): AsyncGenerator<T> {
  let promised: Promise<T> | undefined;
  for (const value of values) {
    if (value instanceof Promise) value.catch(() => {}); // whoever reads may have left before its turn comes
    if (promised) yield promised;
    promised = undefined;
    if (value instanceof Promise) promised = value;
    else yield value;
  }
  if (promised) yield promised;
}
