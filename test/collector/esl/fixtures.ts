import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type RecordedFrame, readRecording } from '../../replay/esl-recording.ts';

const HERE = `${import.meta.dirname}/fixtures`;

export type RecordingName = 'missing-ack' | 'restart-before' | 'restart-after' | 'utf8';

/** The recorded stream as it came, replies included. */
export function rawStream(name: RecordingName): Buffer {
  return gunzipSync(readFileSync(`${HERE}/${name}.raw.gz`));
}

export function recording(name: RecordingName): readonly RecordedFrame[] {
  return readRecording(`${HERE}/${name}`);
}

export function recordedReply(name: string): Buffer {
  return readFileSync(`${HERE}/replies/${name}.raw`);
}

/** mulberry32: small, seeded, good enough to choose where to cut. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
