import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';

const CHUNK_BYTES = 262_144;

export interface SourceBytes {
  /** How the file is called in sentences for a person. */
  readonly name: string;
  /** Bytes in all as they are stored (compressed or not); 0 when nobody knows. */
  readonly total: number;
  /** Bytes taken so far, counted as `total`. */
  done(): number;
  /** The capture file's own bytes, unpacked when they were gzip'ed. Fails with code Z_DATA_ERROR when the gzip is damaged. */
  readonly chunks: AsyncIterable<Buffer>;
}

/** Opens a file, or takes a stream as it is (a body of an upload, standard input). Rejects when the file cannot be read. */
export async function openSource(input: string | AsyncIterable<Uint8Array>): Promise<SourceBytes> {
  if (typeof input !== 'string') return sourceOf('the capture', 0, input);
  const info = await stat(input);
  if (!info.isFile()) throw new Error(`${input} is no file`);
  return sourceOf(input, info.size, createReadStream(input, { highWaterMark: CHUNK_BYTES }));
}

function sourceOf(name: string, total: number, input: AsyncIterable<Uint8Array>): SourceBytes {
  let done = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of input) {
      done += chunk.length;
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  }
  return { name, total, done: () => done, chunks: unpacked(counted()) };
}

/** By the magic number (RFC 1952 §2.3.1) and not by the name: uploads have none. */
async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    let head: Buffer = Buffer.alloc(0);
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      head = Buffer.concat([head, next.value]);
      if (head.length >= 2) break;
    }
    if (head.length < 2 || head.readUInt16BE(0) !== 0x1f8b) {
      if (head.length > 0) yield head;
      yield* chunks;
      return;
    }
    // A gzip that ends early is a capture that ends early: what is there of it comes out, and the reader says so.
    const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES });
    const packed = Readable.from(withHead(head, chunks));
    packed.on('error', (error) => gunzip.destroy(error));
    yield* packed.pipe(gunzip);
  } finally {
    await chunks.return(undefined);
  }
}

async function* withHead(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}
