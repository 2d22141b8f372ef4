import type { RecordedFrame } from './esl-recording.ts';

/** Packets that answer the recorder's own actions. */
export const AMI_RESPONSE = 'response';

/**
 * Splits a recorded AMI stream (uncompressed `ami-NODE.raw`, from the reply to Login on) into its packets, each with
 * the empty line that ends it; `type` is the name of the event. Written apart from the product's own reader and as
 * simply as can be: the whole stream is at hand, and a recording that cannot be split is an error.
 *
 * @param times the lines of `ami-NODE.times.jsonl`, {"t": epoch ms, "offset": of the chunk's first byte}
 */
export function splitAmiRecording(raw: Buffer, times = ''): readonly RecordedFrame[] {
  const chunks = times
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly t: number; readonly offset: number });
  const packets: RecordedFrame[] = [];
  let chunk = 0;
  let at = 0;
  while (at < raw.length) {
    const found = raw.indexOf('\r\n\r\n', at);
    if (found < 0) throw new Error(`recording: no end of the packet at byte ${at}`);
    const end = found + 4;
    const text = raw.toString('latin1', at, found);
    const event = /^Event: (.*)$/m.exec(text)?.[1]?.trim();
    if (event === undefined && !text.startsWith('Response: ')) throw new Error(`recording: no packet at byte ${at}`);
    while (chunk + 1 < chunks.length && chunks[chunk + 1]!.offset < end) chunk++;
    packets.push({ atMs: chunks[chunk]?.t ?? 0, type: event ?? AMI_RESPONSE, bytes: raw.subarray(at, end) });
    at = end;
  }
  return packets;
}
