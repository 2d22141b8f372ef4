import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { bytesOf, lettersOf } from './letters.ts';

/** Digits that a token leaves to be read: of the beginning (country, area) and of the end. */
export interface ShownDigits {
  readonly first: number;
  readonly last: number;
}

/**
 * Numbers and names as tokens (docs/decisions/0014-tokens.md): "num~kqzv…~" and "name~…~". One text has one token as long as
 * the key is the same, so what is equal can be seen to be; with the key a token is turned back, and a text that was not made
 * with it is none.
 */
export interface Tokens {
  /** The token of a number, name or user part, as it was written; "" stays "". */
  of(text: string): string;
  /** What a token stands for; undefined for what is no token of this key. */
  read(token: string): string | undefined;
  /** The text with what each of its tokens stands for in its place. */
  restore(text: string): string;
}

/** Between its two "~" a token has letters, and in front of or behind them the digits that may be read. */
export const TOKEN = /(num|name)~(?:[+*#]?[0-9]{1,6}\.)?([a-z]{17,4000})(?:\.[0-9]{1,4})?~/g;

/** Of the 32 bytes that HMAC-SHA-256 gives: a chance of 2^-80 for a token that is made up. */
const TAG_BYTES = 10;
/** Longer than any number or name that a person reads. */
const MAX_TEXT = 1000;
const MAX_KNOWN = 50_000;
/** Hidden digits that there must be at least when some are shown. */
const MIN_HIDDEN = 4;

/** What a number may be written with, two to a byte; 15 fills the last one. */
const WRITTEN = '0123456789+*#';
const NUMBER = /^[+*#]{0,2}[0-9][0-9*#]*$/;
const FILL = 'f';

/** @param key at least 32 characters; whoever has it reads every token */
export function createTokens(key: string, shown: ShownDigits = { first: 0, last: 0 }): Tokens {
  const derived = (use: string): Buffer => Buffer.from(hkdfSync('sha256', key, 'calltrail', `tokens ${use}`, 32));
  const macKey = derived('mac');
  const cipherKey = derived('cipher');
  const known = new Map<string, string>();

  const tagOf = (kind: string, plain: Buffer): Buffer =>
    createHmac('sha256', macKey).update(`${kind}\0`).update(plain).digest().subarray(0, TAG_BYTES);
  const ivOf = (tag: Buffer): Buffer => Buffer.concat([tag, Buffer.alloc(16 - TAG_BYTES)]);

  const make = (text: string): string => {
    const isNumber = NUMBER.test(text);
    const kind = isNumber ? 'num' : 'name';
    const plain = isNumber ? packed(text) : Buffer.from(text);
    const tag = tagOf(kind, plain);
    const hidden = createCipheriv('aes-256-ctr', cipherKey, ivOf(tag)).update(plain);
    const letters = lettersOf(Buffer.concat([tag, hidden]));
    const [front, back] = isNumber ? readable(text, shown) : ['', ''];
    return `${kind}~${front}${letters}${back}~`;
  };

  const readOne = (kind: string, letters: string): string | undefined => {
    const bytes = bytesOf(letters);
    if (bytes === undefined || bytes.length <= TAG_BYTES) return undefined;
    const tag = bytes.subarray(0, TAG_BYTES);
    const plain = createDecipheriv('aes-256-ctr', cipherKey, ivOf(tag)).update(bytes.subarray(TAG_BYTES));
    if (!timingSafeEqual(tagOf(kind, plain), tag)) return undefined;
    return kind === 'num' ? unpacked(plain) : plain.toString();
  };

  const read = (token: string): string | undefined => {
    const [whole, kind = '', letters = ''] = new RegExp(TOKEN.source).exec(token) ?? [];
    return whole === token ? readOne(kind, letters) : undefined;
  };

  return {
    of(text) {
      if (text === '') return '';
      const cut = text.slice(0, MAX_TEXT).toWellFormed();
      let token = known.get(cut);
      if (token === undefined) {
        if (known.size >= MAX_KNOWN) known.clear();
        token = make(cut);
        known.set(cut, token);
      }
      return token;
    },
    read,
    restore: (text) =>
      text.includes('~')
        ? text.replace(TOKEN, (whole, kind: string, letters: string) => readOne(kind, letters) ?? whole)
        : text,
  };
}

/** The digits that may be read, with their dots; nothing where too few would be hidden. */
function readable(text: string, { first, last }: ShownDigits): readonly [string, string] {
  const [, sign = '', digits = ''] = /^([+*#]?)([0-9]*)$/.exec(text) ?? [];
  if (digits.length < first + last + MIN_HIDDEN) return ['', ''];
  const back = last === 0 ? '' : `.${digits.slice(-last)}`;
  return [first === 0 ? '' : `${sign}${digits.slice(0, first)}.`, back];
}

function packed(text: string): Buffer {
  let hex = '';
  for (const char of text) hex += WRITTEN.indexOf(char).toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `${hex}${FILL}`, 'hex');
}

const unpacked = (plain: Buffer): string =>
  [...plain.toString('hex')].map((digit) => WRITTEN[Number.parseInt(digit, 16)] ?? '').join('');
