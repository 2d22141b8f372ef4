import { badParameter } from './problem.ts';

/** Reads a time parameter, ISO 8601 or epoch ms, as epoch µs; undefined when absent. */
export function timeParameter(name: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,15}$/.test(value)) return Number(value) * 1000;
  // Date.parse takes much more than ISO 8601 ("1 apple"); only what begins like a date is asked.
  const ms = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw badParameter(
      name,
      `must be ISO 8601 ("2026-11-21T10:00:00Z") or milliseconds since 1970, not "${value.slice(0, 100)}".`,
    );
  }
  return ms * 1000;
}

/** Reads an integer parameter. */
export function integerParameter(
  name: string,
  value: string | undefined,
  { min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  if (value === undefined || value === '') return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw badParameter(name, `must be a whole number from ${min} to ${max}, not "${value.slice(0, 100)}".`);
  }
  return number;
}

/** Reads `from` and `to` as {@link timeParameter} does, as epoch µs; what is absent is left out. */
export function windowParameters(
  from: string | undefined,
  to: string | undefined,
): { readonly sinceUs?: number; readonly untilUs?: number } {
  const sinceUs = timeParameter('from', from);
  const untilUs = timeParameter('to', to);
  if (sinceUs !== undefined && untilUs !== undefined && sinceUs > untilUs) {
    throw badParameter('from', 'must not be later than "to".');
  }
  return { ...(sinceUs === undefined ? {} : { sinceUs }), ...(untilUs === undefined ? {} : { untilUs }) };
}

/**
 * Reads a list of known words, separated by commas, in their order; empty when none is named, as a dashboard's variable is
 * when nothing is chosen.
 */
export function listParameter<T extends string>(
  name: string,
  value: string | undefined,
  words: readonly T[],
): readonly T[] {
  const wanted = (value ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = wanted.find((word) => !words.some((one) => one === word));
  if (unknown !== undefined) {
    throw badParameter(name, `must be a list of ${words.join(', ')}, not "${unknown.slice(0, 100)}".`);
  }
  return words.filter((word) => wanted.includes(word));
}
