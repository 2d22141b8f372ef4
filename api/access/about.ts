import { numberForms } from '../../core/model/number.ts';

/** What is written down of what somebody asked for. */
export interface Written {
  readonly about: string;
  /** Every number in it, as digits without what is dialled before it, each between spaces; "" for none. */
  readonly numbers: string;
}

/** A text is kept so far; the numbers of all of it are. */
const MAX_ABOUT = 2000;
/** Something that may be a telephone number in the middle of a text, a query or an expression. */
const NUMBER = /\+?\d(?:[\d\s().\-/]*\d)?/g;
/** Fewer digits are a status, a port, a duration. */
const LEAST_DIGITS = 3;

/** The one place where that is made which the audit keeps of a text. */
export function written(text: string): Written {
  const numbers = new Set<string>();
  for (const [found] of text.matchAll(NUMBER)) {
    const digits = numberForms(found)?.ends ?? '';
    if (digits.length >= LEAST_DIGITS) numbers.add(digits);
  }
  const about = text.toWellFormed();
  return {
    about: about.length > MAX_ABOUT ? `${about.slice(0, MAX_ABOUT).toWellFormed()}…` : about,
    numbers: numbers.size === 0 ? '' : ` ${[...numbers].join(' ')} `,
  };
}

/** The digits by which {@link Written.numbers} are looked for; undefined for what is no number. */
export function askedNumber(text: string): string | undefined {
  const digits = numberForms(text.trim())?.ends ?? '';
  return digits.length < LEAST_DIGITS ? undefined : digits;
}
