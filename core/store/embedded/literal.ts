import { isUtf8 } from 'node:buffer';

/** What cannot stand in a single-quoted ClickHouse string as it is: the quote, the backslash, control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const SPECIAL = /['\\\x00-\x1f\x7f]/g;

/**
 * Bytes as a ClickHouse string literal, exactly. This is the one place where a value becomes part of a statement, and
 * only in SET statements of the child's own making. Bytes that are no UTF-8 are written as \xHH, since the statement
 * itself is text.
 */
export function literal(value: Buffer | string): string {
  if (typeof value !== 'string') return isUtf8(value) ? literal(value.toString('utf8')) : `'${escapeBytes(value)}'`;
  return `'${value.toWellFormed().replace(SPECIAL, escapeCharacter)}'`;
}

function escapeCharacter(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function escapeBytes(value: Buffer): string {
  let out = '';
  for (const byte of value) out += `\\x${byte.toString(16).padStart(2, '0')}`;
  return out;
}
