import { describe, expect, test } from 'vitest';
import { hideAddresses } from '../../../core/privacy/addresses.ts';
import { hideKey } from '../../../core/privacy/call-key.ts';
import { createHidden } from '../../../core/privacy/hidden.ts';
import { hideText, MAX_TEXT } from '../../../core/privacy/text.ts';
import { createTokens } from '../../../core/privacy/tokens.ts';

const hidden = createHidden(createTokens('k'.repeat(32)));
hidden.vocabulary.add('+4930123456');

/** What is repeated. What takes the square of a length takes minutes or hours for these, and not the seconds of a test. */
const REPEATED = [
  'a',
  '1',
  'a1',
  'a+',
  '12345+',
  '12345a',
  '0a1b2c3d4e',
  'a-',
  'a@',
  '@',
  '"',
  '\\"',
  'sip:',
  '1.',
  ':',
  'a=',
  "'",
];
const MEGABYTE = 1_000_000;

describe('what somebody made long', () => {
  test.each(REPEATED)('is hidden in a time that grows with its length: %j a million letters long', (part) => {
    const long = part.repeat(MEGABYTE / part.length);
    const text = hideText(`from +4930123456 ${long} to 4155550101`, hidden);
    expect(text).not.toMatch(/30123456|4155550101/);
    const header = hideAddresses(`"${long.slice(0, 60_000)}, <sip:4155550101@host>`, hidden);
    expect(header).not.toContain('4155550101');
    expect(hideKey(`${long}-4155550101@host`, hidden.tokens)).not.toContain('4155550101');
  });
});

test('of a text that is longer than any line in earnest the beginning is shown, and how much is left out', () => {
  const behind = hideText(`${'all is well, '.repeat(3000)}4155550101`, hidden);
  expect(behind).toMatch(/^all is well, .* \[\d+ more characters are not shown\]$/);
  expect(behind.length).toBeLessThan(MAX_TEXT + 100);
  // No part of a number is left where it ends.
  for (let place = MAX_TEXT - 14; place <= MAX_TEXT; place += 1) {
    const words = 'a '.repeat(MAX_TEXT / 2 + 10).slice(0, place);
    const across = hideText(`${words}4155550101 and more`, hidden);
    expect(across).not.toMatch(/4155|0101/);
    expect(across).toMatch(/ \[\d+ more characters are not shown\]$/);
  }
  expect(hideText('a'.repeat(MAX_TEXT), hidden)).toHaveLength(MAX_TEXT);
});

test('words with numbers are cut where they were, whatever stands behind the number', () => {
  const { tokens } = hidden;
  const token = tokens.of('12345');
  expect(hideKey('xyz12345+x', tokens)).toBe(`xyz${token}+x`);
  expect(hideKey('a+b12345', tokens)).toBe(`a+b${token}`);
  // Few digits among the letters of a hash are no number.
  expect(hideKey('deadbeef12345+x', tokens)).toBe('deadbeef12345+x');
  expect(hideKey('12345', tokens)).toBe(token);
  expect(hideText('anna@host, 12345@[2001:db8::1]', hidden)).toBe(`${tokens.of('anna')}@host, ${token}@[2001:db8::1]`);
});
