export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The middle value, or the mean of the two middle ones; 0 of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The k-th largest, counted from 1; 0 when there are fewer. */
export function largest(values: readonly number[], k: number): number {
  return [...values].sort((a, b) => b - a)[k - 1] ?? 0;
}

/** `value` of each hour of the week, between the middles of hours along a line: traffic does not jump at full hours. */
export function betweenHours(values: readonly number[], minute: number): number {
  const position = minute / 60 - 0.5;
  const hour = Math.floor(position);
  const part = position - hour;
  const size = values.length;
  const left = values[((hour % size) + size) % size]!;
  const right = values[(((hour + 1) % size) + size) % size]!;
  return left + (right - left) * part;
}
