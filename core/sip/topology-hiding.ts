import { createHash } from 'node:crypto';

/**
 * Proxies that hide their inside rewrite the Call-ID by a key. Whoever has the key can read it again.
 */

/** Turns a disguised Call-ID into the one inside; undefined when it is not one of this proxy's. */
export type Unmask = (callId: string) => string | undefined;

/** The first of several proxies' ways that fits. */
export function createUnmask(
  ways: readonly { readonly kind: 'kamailio' | 'opensips'; readonly prefix: string; readonly secret: string }[],
): Unmask {
  const all = ways.map(({ kind, prefix, secret }) =>
    kind === 'kamailio' ? unmaskKamailio(prefix, secret) : unmaskOpensips(prefix, secret),
  );
  return (callId) => {
    for (const unmask of all) {
      const inner = unmask(callId);
      if (inner !== undefined) return inner;
    }
    return undefined;
  };
}

/**
 * OpenSIPS topology_hiding("C"): prefix, then base64 of the Call-ID XORed with the password repeated, with "." for "/"
 * and "-" for "=" (modules/topology_hiding, th_callid_prefix and th_callid_passwd).
 */
export function unmaskOpensips(prefix: string, secret: string): Unmask {
  const key = Buffer.from(secret);
  return (callId) => {
    if (!callId.startsWith(prefix) || key.length === 0) return undefined;
    const text = callId.slice(prefix.length);
    if (!/^[A-Za-z0-9+.]+-{0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
    const bytes = Buffer.from(text.replaceAll('.', '/').replaceAll('-', '='), 'base64');
    for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (key[i % key.length] ?? 0);
    return readable(bytes);
  };
}

const KAMAILIO_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-';

/**
 * Kamailio topoh with mask_callid: callid_prefix, then base64 with an alphabet that is shuffled by the key and "*" as
 * padding (modules/topoh, mask_key).
 */
export function unmaskKamailio(prefix: string, secret: string): Unmask {
  const alphabet = shuffled(KAMAILIO_ALPHABET, Buffer.from(secret));
  const value = new Map([...alphabet].map((letter, i) => [letter, i]));
  return (callId) => {
    if (!callId.startsWith(prefix)) return undefined;
    const text = callId.slice(prefix.length).replace(/\*{1,2}$/, '');
    const bytes: number[] = [];
    let bits = 0;
    let held = 0;
    for (const letter of text) {
      const six = value.get(letter);
      if (six === undefined) return undefined;
      held = ((held << 6) | six) & 0xfff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes.push((held >> bits) & 0xff);
      }
    }
    return readable(Buffer.from(bytes));
  };
}

/** The order of the alphabet depends on the key: its MD5 taken twice over, its CRC, and its own bytes. */
function shuffled(alphabet: string, key: Buffer): string {
  if (key.length === 0) return alphabet;
  const letters = [...alphabet];
  const digest = createHash('md5').update(key).update(key).digest();
  const crc = crcItt(key);
  for (let last = letters.length; last > 1; last--) {
    const at = crc + last + key.length;
    const byte = key[at % key.length] ?? 0;
    // The key's bytes are signed chars there, and the sum an unsigned int.
    const sum = (digest.readUInt32LE((at % 4) * 4) + (byte > 127 ? byte - 256 : byte)) >>> 0;
    const r = sum % last;
    [letters[r], letters[last - 1]] = [letters[last - 1] ?? '', letters[r] ?? ''];
  }
  return letters.join('');
}

/** CRC-16 of X.25: polynomial 0x1021 bit-reversed, initial value 0xffff, complemented (Kamailio core, crcitt_string). */
function crcItt(bytes: Buffer): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x8408;
  }
  return ~crc & 0xffff;
}

/** A wrong key gives bytes, not an error; a Call-ID has no spaces and no control characters (RFC 3261, "word"). */
function readable(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return undefined;
  return bytes.every((byte) => byte > 0x20 && byte < 0x7f) ? bytes.toString('latin1') : undefined;
}
