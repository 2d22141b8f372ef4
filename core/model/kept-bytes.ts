/**
 * The UTF-8 of a text that is kept for long, in memory of its own: a small Buffer is a piece of a slab of 64 KB, all of which
 * would be kept for it.
 */
export function keptBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
