/**
 * Telephone numbers are compared by their digits: the same number is written "+1 (415) 555-0101", "0014155550101",
 * "%2B14155550101" by one switch and its neighbour.
 */

const SEPARATORS = /[\s().\-/]/g;

/** The digits of something that is written as a telephone number, with at least two of them; "" for anything else. */
export function digitsOf(text: string): string {
  const plain = plainDigits(text);
  if (plain !== undefined) return plain;
  const bare = text.replace(/^%2B/i, '+').replace(SEPARATORS, '');
  if (!/^[+*#]{0,2}[0-9][0-9*#]*$/.test(bare)) return '';
  const digits = bare.replace(/[^0-9]/g, '');
  return digits.length < 2 ? '' : digits;
}

/** The common case without patterns: digits alone, or with a plus before them. Undefined for anything else. */
function plainDigits(text: string): string | undefined {
  const from = text.charCodeAt(0) === PLUS ? 1 : 0;
  if (text.length - from < 2 || text.length > MAX_PLAIN) return undefined;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < ZERO || code > ZERO + 9) return undefined;
  }
  return from === 0 ? text : text.slice(1);
}

const PLUS = 0x2b;
const ZERO = 0x30;
const MAX_PLAIN = 32;

export function reversed(digits: string): string {
  let backwards = '';
  for (let i = digits.length - 1; i >= 0; i--) backwards += digits[i];
  return backwards;
}

/**
 * What a typed number may be stored as. `ends` are digit strings that a stored number may end with: the number
 * without its international or trunk prefix, since a neighbour may have written another one before it. `equals` are
 * shorter written forms: the national and subscriber number, when the typed one carries a country code of 1–3 digits.
 */
export function numberForms(typed: string): { readonly ends: string; readonly equals: readonly string[] } | undefined {
  const digits = digitsOf(typed);
  if (digits === '') return undefined;
  const international = /^\s*(\+|%2B|00)/i.test(typed);
  const ends = digits.replace(/^0+(?=\d{3})/, '');
  const equals = new Set<string>([digits, ends]);
  if (international) {
    for (let codeLength = 1; codeLength <= 3; codeLength++) {
      const national = ends.slice(codeLength);
      if (national.length < 7) break;
      equals.add(national);
      equals.add(`0${national}`);
    }
  }
  return { ends, equals: [...equals] };
}

/** Digits that two written forms of one number share at its end. */
const KEY_DIGITS = 7;

/** What two written forms of one number or name have in common, to compare them by; "" for nothing. */
export function partyKey(user: string): string {
  const digits = digitsOf(user);
  return digits === '' ? user.trim().toLowerCase() : digits.slice(-KEY_DIGITS);
}
