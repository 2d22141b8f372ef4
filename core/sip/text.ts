import { isUtf8 } from 'node:buffer';

const gbk = new TextDecoder('gb18030');

/**
 * The text of [start, end). UTF-8 as RFC 3261 §7 has it; bytes that are not UTF-8 but are valid GBK are read as GBK, as
 * Chinese switches and phones send names so; else each bad byte becomes U+FFFD. Never throws.
 */
export function decodeText(bytes: Buffer, start = 0, end = bytes.length): string {
  if (start === end) return '';
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\ufffd')) return text;
  const part = bytes.subarray(start, end);
  if (isUtf8(part)) return text;
  const chinese = gbk.decode(part);
  return chinese.includes('\ufffd') ? text : chinese;
}

/** A header value on one line: each fold becomes one space (RFC 3261 §7.3.1). */
export function unfold(value: string): string {
  if (!value.includes('\n')) return value;
  return value
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
}

/** The inside of a quoted string without its escapes: `a \"b\"` is `a "b"`. */
export function unquote(inside: string): string {
  return inside.includes('\\') ? inside.replace(/\\([\s\S])/g, '$1') : inside;
}

/**
 * Turns %XX into the bytes meant, and these into text ("%2B1415" is "+1415"). A "%" without two hexadecimal digits stays.
 * "+" is no space in SIP.
 */
export function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const high = bytes[at] === 0x25 ? hexValue(bytes[at + 1]) : -1;
    const low = high < 0 ? -1 : hexValue(bytes[at + 2]);
    if (low < 0) bytes[length++] = bytes[at]!;
    else {
      bytes[length++] = high * 16 + low;
      at += 2;
    }
  }
  return decodeText(bytes, 0, length);
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
