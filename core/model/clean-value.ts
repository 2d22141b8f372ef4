/** Longer ones are cut: a label is a name, and what a message says may be a book. */
const MAX_LENGTH = 100;

/** Labels go into alerts, mails and links: no control characters, no half of a surrogate pair, no end of line. */
export function cleanValue(value: string): string {
  const clean = value
    .slice(0, 2 * MAX_LENGTH)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const cut = [...clean].slice(0, MAX_LENGTH).join('');
  return cut === '' ? 'unknown' : cut;
}
