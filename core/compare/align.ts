/** One row of an alignment: what stands at the same place on both sides, or on one alone. */
export interface Aligned<T> {
  readonly left?: T;
  readonly right?: T;
}

/**
 * The longest common sequence of two lists by the sign of each item, with what is on one side alone between: of several such
 * sequences the one that takes what it can early. Time and memory are the product of both lengths: callers bound them.
 */
export function align<T>(left: readonly T[], right: readonly T[], signOf: (item: T) => string): Aligned<T>[] {
  const [a, b] = [left.map(signOf), right.map(signOf)];
  const width = b.length + 1;
  // longest[i * width + j]: of what follows i on the left and j on the right.
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const rows: Aligned<T>[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) rows.push({ left: left[i++] as T, right: right[j++] as T });
    else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) rows.push({ left: left[i++] as T });
    else rows.push({ right: right[j++] as T });
  }
  return rows;
}
