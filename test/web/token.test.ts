import { describe, expect, test } from 'vitest';
import { createTokens } from '../../core/privacy/tokens.ts';
import { personText } from '../../web/parts/token.ts';

const KEY = '0123456789abcdef0123456789abcdef';

describe('a number or name on the page', () => {
  test('that is hidden says so, and has its token whole in its title', () => {
    for (const [text, what] of [
      ['+14155550101', 'number'],
      ['Zoë Quicksilver', 'name'],
    ] as const) {
      const token = createTokens(KEY).of(text);
      const shown = personText(token);
      expect(shown).not.toBeTypeOf('string');
      expect((shown as { values: unknown[] }).values).toEqual([
        `Hidden ${what}: ${token}`,
        `hidden ${what}`,
        '',
        '',
        token.split('~')[1]?.slice(0, 6),
        '',
        '',
      ]);
    }
  });

  test('shows the digits that its token leaves to be read', () => {
    const token = createTokens(KEY, { first: 4, last: 2 }).of('+14155550101');
    expect((personText(token) as { values: unknown[] }).values).toContain('+1415');
  });

  test('that is not hidden is text', () => {
    for (const text of ['+14155550101', 'num~', 'name~nothing', 'Anna']) expect(personText(text)).toBe(text);
  });
});
