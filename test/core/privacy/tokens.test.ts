import { describe, expect, test } from 'vitest';
import { createTokens } from '../../../core/privacy/tokens.ts';
import { createRandom } from '../pcap/random.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const tokens = createTokens(KEY);

const TEXTS = [
  '+14155550101',
  '4155550199',
  '1',
  '1001',
  '*98#',
  'alice',
  'Zoë Quicksilver',
  '00',
  'a~b',
  ' ',
  '名前',
  '+',
];

describe('tokens', () => {
  test.each(TEXTS)('%j has one token, is read back from it, and does not stand in it', (text) => {
    const token = tokens.of(text);
    expect(token).toMatch(/^(num|name)~[a-z]+~$/);
    expect(tokens.read(token)).toBe(text);
    expect(createTokens(KEY).of(text)).toBe(token);
    expect(token.startsWith('num~')).toBe(/^[+*]?[0-9][0-9#]*$/.test(text));
  });

  test('a number of eleven digits has a token of 33 characters', () => {
    expect(tokens.of('14155550101')).toHaveLength(33);
    expect(tokens.of('+14155550101')).toHaveLength(33);
  });

  test('what is written differently has another token, and nothing of it tells that the numbers are near', () => {
    const all = ['4155550101', '+14155550101', '0014155550101', '4155550102'].map((text) => tokens.of(text));
    expect(new Set(all).size).toBe(4);
    expect(new Set(all.map((token) => token.slice(4, 10))).size).toBe(4);
  });

  test('another key makes other tokens and reads none of these', () => {
    const other = createTokens(KEY.replace('0', '1'));
    expect(other.of('4155550101')).not.toBe(tokens.of('4155550101'));
    expect(other.read(tokens.of('4155550101'))).toBeUndefined();
    expect(other.restore(tokens.of('4155550101'))).toBe(tokens.of('4155550101'));
  });

  test('a token in which anything was changed is none', () => {
    const token = tokens.of('4155550101');
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'b' ? 'c' : 'b') + token.slice(at + 1);
      expect([at, tokens.read(changed)]).toEqual([at, undefined]);
      expect(tokens.read(token.slice(0, at))).toBeUndefined();
      expect(tokens.read(token.slice(0, at) + token.slice(at + 1))).toBeUndefined();
    }
    expect(tokens.read(`${token}x`)).toBeUndefined();
    expect(tokens.read(token.replace('num', 'name'))).toBeUndefined();
  });

  test('tokens within a text are turned back where they stand', () => {
    const [a, b] = [tokens.of('4155550101'), tokens.of('Zoë')];
    expect(tokens.restore(`abc${a}-xyz@host ${b}${a}num~nothing~`)).toBe(
      'abc4155550101-xyz@host Zoë4155550101num~nothing~',
    );
  });

  test('digits are shown where that is wished for and enough stay hidden, and the token leads to the same number', () => {
    const shown = createTokens(KEY, { first: 4, last: 2 });
    expect(shown.of('+14155550101')).toMatch(/^num~\+1415\.[a-z]{28}\.01~$/);
    expect(shown.of('14155550101')).toMatch(/^num~1415\.[a-z]{28}\.01~$/);
    expect(shown.of('100101')).toMatch(/^num~[a-z]+~$/);
    expect(shown.of('alice123456789')).toMatch(/^name~[a-z]+~$/);
    expect(tokens.read(shown.of('+14155550101'))).toBe('+14155550101');
    expect(shown.restore(`<${tokens.of('+14155550101')}>`)).toBe('<+14155550101>');
  });

  test('texts of any kind come back', () => {
    const random = createRandom(7);
    for (let round = 0; round < 300; round++) {
      const length = 1 + random(40);
      let text = '';
      for (let i = 0; i < length; i++) text += String.fromCodePoint(1 + random(round % 2 === 0 ? 0x7e : 0xd7fe));
      expect(tokens.restore(`x ${tokens.of(text)} y`)).toBe(`x ${text} y`);
    }
  });
});
