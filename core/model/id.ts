import { createHash } from 'node:crypto';

/**
 * 16 hex digits that depend on the parts alone. Parts are length-prefixed, so that ("ab","c") and ("a","bc") differ.
 * 64 bits are enough: an id only has to be unique within one call and one moment.
 */
export function stableId(...parts: readonly (string | number | Uint8Array)[]): string {
  const hash = createHash('sha1');
  for (const part of parts) {
    const bytes = typeof part === 'object' ? part : Buffer.from(String(part));
    hash.update(`${bytes.length}:`);
    hash.update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}
