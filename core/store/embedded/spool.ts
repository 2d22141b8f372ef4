import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { EngineError } from './errors.ts';

/** A file's worth of rows. */
export interface Spooled {
  readonly file: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/** Where request bodies lie while the engine reads them: chdb takes bytes only from files without harm. */
export interface Spool {
  readonly directory: string;
  write(head: Buffer, body: Readable, encoding: string): Promise<Spooled>;
  close(): void;
}

/** /dev/shm of a container is 64 MB by default, which a few large batches would fill. */
const ENOUGH = 256 * 1024 * 1024;

/** Makes a private directory, in memory if it can be, and clears what a killed predecessor of the same path left. */
export function createSpool(dataPath: string): Spool {
  const base = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();
  const prefix = `calltrail-${createHash('sha256').update(dataPath).digest('hex').slice(0, 12)}-`;
  for (const name of readdirSync(base)) {
    if (name.startsWith(prefix)) rmSync(join(base, name), { recursive: true, force: true });
  }
  const directory = mkdtempSync(join(base, prefix));
  let count = 0;
  return {
    directory,
    async write(head, body, encoding) {
      count += 1;
      const file = join(directory, `${count}.rows`);
      // Whoever tidies up temporary directories does not know that this one is in use.
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const remove = () => rm(file, { force: true });
      const out = createWriteStream(file);
      try {
        if (head.length > 0) out.write(head);
        await unpack(body, encoding, out);
        return { file, bytes: out.bytesWritten, remove };
      } catch (error) {
        await remove();
        if (isCode(error, 'ENOSPC'))
          throw new EngineError(243, 'NOT_ENOUGH_SPACE', 'No room for the rows', { cause: error });
        throw error;
      }
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Reads a body into memory. Throws {@link EngineError} 229 when it is longer than `limit`. */
export async function readBody(body: Readable, encoding: string, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const tooLong = () => new EngineError(229, 'QUERY_IS_TOO_LARGE', `The query is longer than ${limit} bytes`);
  if (decoderOf(encoding) === undefined) {
    // Most bodies are one short piece, and a pipeline costs more than that.
    for await (const chunk of body) {
      size += (chunk as Buffer).length;
      if (size > limit) throw tooLong();
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks, size);
  }
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      chunks.push(chunk);
      done(size > limit ? tooLong() : null);
    },
  });
  await unpack(body, encoding, sink);
  return Buffer.concat(chunks, size);
}

async function unpack(body: Readable, encoding: string, out: Writable): Promise<void> {
  const decoder = decoderOf(encoding);
  try {
    if (decoder === undefined) await pipeline(body, out);
    else await pipeline(body, decoder, out);
  } catch (error) {
    if (isCode(error, 'Z_DATA_ERROR') || isCode(error, 'Z_BUF_ERROR')) {
      throw new EngineError(354, 'ZLIB_INFLATE_FAILED', 'The body is not compressed as it says', { cause: error });
    }
    throw error;
  }
}

function decoderOf(encoding: string) {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      throw new EngineError(89, 'UNKNOWN_COMPRESSION_METHOD', 'Unknown compression method');
  }
}

function hasRoom(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize >= ENOUGH;
  } catch {
    return false;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
