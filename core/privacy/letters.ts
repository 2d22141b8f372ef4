/**
 * Bytes as lower-case letters alone: no digit in a token can be taken for one of a telephone number, and nothing is lost
 * where a name is compared in any case.
 */

const FIRST = 'a'.charCodeAt(0);
const BASE = 26n;
/** What BigInt writes for the digits 0 to 9 of base 26 are no letters: they stand at the end of the alphabet here. */
const INSTEAD = 'qrstuvwxyz';

/** Leading zeros are kept by a one in front of them. */
export const lettersOf = (bytes: Buffer): string =>
  BigInt(`0x1${bytes.toString('hex')}`)
    .toString(26)
    .replace(/[0-9]/g, (digit) => INSTEAD[Number(digit)]!);

/** The bytes that were written so; undefined for letters that {@link lettersOf} never writes. */
export function bytesOf(letters: string): Buffer | undefined {
  let value = 0n;
  for (let i = 0; i < letters.length; i++) {
    const place = letters.charCodeAt(i) - FIRST;
    if (place < 0 || place >= 26) return undefined;
    value = value * BASE + BigInt(place < 16 ? place + 10 : place - 16);
  }
  const hex = value.toString(16);
  if (hex[0] !== '1' || hex.length % 2 === 0) return undefined;
  return Buffer.from(hex.slice(1), 'hex');
}
