import { constants, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';

/** No SIP message, report or log line is larger, and a few bytes of deflate must not become gigabytes. */
export const MAX_INFLATED = 1024 * 1024;

export type Inflated =
  | { readonly ok: true; readonly payload: Buffer; readonly whole: boolean }
  | { readonly ok: false; readonly reason: 'bad_compression' | 'payload_too_big' };

type Inflate = (bytes: Buffer, options: ZlibOptions) => Buffer;

/**
 * Inflates a compressed payload (HEP chunk 0x10). The chunk does not say how it was packed, and senders differ: what
 * its first bytes look like (zlib, gzip, else raw deflate) is tried first.
 * Of a stream that was cut off, what came is returned with `whole: false`.
 */
export function inflatePayload(bytes: Buffer): Inflated {
  const unpack = formatOf(bytes);
  const first = attempt(unpack, bytes);
  if (first.ok || first.reason === 'payload_too_big' || unpack === inflateRawSync) return first;
  // The two header bytes of zlib may also be the beginning of a raw stream.
  return unpack === inflateSync ? attempt(inflateRawSync, bytes) : first;
}

function formatOf(bytes: Buffer): Inflate {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync;
  // RFC 1950: method 8 in the low half of the first byte, and both bytes together a multiple of 31.
  if (bytes.length > 1 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0) return inflateSync;
  return inflateRawSync;
}

function attempt(unpack: Inflate, bytes: Buffer): Inflated {
  const options = { maxOutputLength: MAX_INFLATED };
  try {
    return { ok: true, payload: unpack(bytes, options), whole: true };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ERR_BUFFER_TOO_LARGE') return { ok: false, reason: 'payload_too_big' };
    if (code !== 'Z_BUF_ERROR') return { ok: false, reason: 'bad_compression' };
  }
  try {
    const payload = unpack(bytes, { ...options, finishFlush: constants.Z_SYNC_FLUSH });
    if (payload.length > 0) return { ok: true, payload, whole: false };
    return { ok: false, reason: 'bad_compression' };
  } catch (error) {
    return { ok: false, reason: codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'payload_too_big' : 'bad_compression' };
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
