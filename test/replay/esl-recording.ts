import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One recorded frame with the bytes exactly as they were sent. */
export interface RecordedFrame {
  /** Epoch milliseconds at which its last byte had arrived; 0 for a recording without times. */
  readonly atMs: number;
  /** Content-Type. */
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Splits a recorded event socket stream (uncompressed `esl-NODE.raw`) into its frames. Written apart from the product's
 * own reader and as simply as can be: the whole stream is at hand, and a recording that cannot be split is an error.
 *
 * @param times the lines of `esl-NODE.times.jsonl`, {"t": epoch ms, "offset": of the chunk's first byte}
 */
export function splitRecording(raw: Buffer, times = ''): readonly RecordedFrame[] {
  const chunks = times
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly t: number; readonly offset: number });
  const frames: RecordedFrame[] = [];
  let chunk = 0;
  let at = 0;
  while (at < raw.length) {
    const headerEnd = raw.indexOf('\n\n', at);
    if (headerEnd < 0) throw new Error(`recording: no end of header after byte ${at}`);
    const header = raw.toString('latin1', at, headerEnd);
    const type = /^Content-Type: (.*)$/m.exec(header)?.[1];
    if (type === undefined) throw new Error(`recording: no Content-Type at byte ${at}`);
    const length = Number(/^Content-Length: (\d+)$/m.exec(header)?.[1] ?? 0);
    const end = headerEnd + 2 + length;
    if (end > raw.length) throw new Error(`recording: ends inside the frame at byte ${at}`);
    while (chunk + 1 < chunks.length && chunks[chunk + 1]!.offset < end) chunk++;
    frames.push({ atMs: chunks[chunk]?.t ?? 0, type, bytes: raw.subarray(at, end) });
    at = end;
  }
  return frames;
}

/** Reads `<base>.raw.gz` and `<base>.times.jsonl.gz`; the replies to the recorder's commands are left out. */
export function readRecording(base: string): readonly RecordedFrame[] {
  const raw = gunzipSync(readFileSync(`${base}.raw.gz`));
  const times = gunzipSync(readFileSync(`${base}.times.jsonl.gz`)).toString();
  return splitRecording(raw, times).filter(({ type }) => type !== 'command/reply');
}
