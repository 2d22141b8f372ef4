/** Reports are JSON that anybody may have sent: what is not of the wanted kind is not there. */

export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Anybody may send anything: it stays what it is, a report that nobody can read.
    return undefined;
  }
}

export type JsonRecord = Readonly<Record<string, unknown>>;

export const recordOf = (value: unknown): JsonRecord | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;

/** A number, also where it is written as text. */
export function decimalOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;
  return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

export function integerOf(value: unknown): number | undefined {
  const number = decimalOf(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
