import { digitsOf } from './number.ts';

/** Country and area, about: enough to tell a destination, too little to tell a person. */
const DIGITS = 5;
/** Fewer digits are an extension or a service. */
const LEAST = 7;
/** Numbers written without a plus or zeros before them are taken for international from this length on. */
const INTERNATIONAL = 11;
/** Called users that were seen before: many calls go to few numbers, and a switch repeats each. */
const MAX_REMEMBERED = 20_000;

/** Called users to the beginning of what they dialled. */
export interface Prefixes {
  /**
   * "+49301" of an international number, its first five digits; "03012" of a national one, as it was written; "short" of
   * an extension or a service number; "name" of what is no number; "" of nothing.
   */
  of(user: string): string;
}

export function createPrefixes(): Prefixes {
  const known = new Map<string, string>();
  return {
    of(user) {
      const before = known.get(user);
      if (before !== undefined) return before;
      if (known.size >= MAX_REMEMBERED) known.clear();
      const prefix = prefixOf(user);
      known.set(user, prefix);
      return prefix;
    },
  };
}

function prefixOf(user: string): string {
  if (user === '') return '';
  const digits = digitsOf(user.slice(0, 64));
  if (digits === '') return 'name';
  if (digits.length < LEAST) return 'short';
  const plus = /^\s*(\+|%2B)/i.test(user);
  if (!plus && digits.startsWith('00')) return `+${digits.slice(2, 2 + DIGITS)}`;
  if (plus || (digits.length >= INTERNATIONAL && !digits.startsWith('0'))) return `+${digits.slice(0, DIGITS)}`;
  return digits.slice(0, DIGITS);
}
