import { describe, expect, it } from 'vitest';
import { createFrameReader, type EslFrame, MAX_BODY_BYTES, MAX_HEADER_BYTES } from '../../../collector/esl/frame.ts';
import { splitRecording } from '../../replay/esl-recording.ts';
import { createRandom, type RecordingName, rawStream, recordedReply } from './fixtures.ts';

const STREAMS: readonly RecordingName[] = ['missing-ack', 'restart-before', 'restart-after', 'utf8'];

function readAll(chunks: Iterable<Buffer>): { frames: EslFrame[]; reason: string | undefined; pending: number } {
  const reader = createFrameReader();
  const frames: EslFrame[] = [];
  for (const chunk of chunks) frames.push(...reader.push(chunk));
  return { frames, reason: reader.failure()?.reason, pending: reader.pending() };
}

function* pieces(bytes: Buffer, next: () => number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + next());
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** One line per frame; cheap to compare for thousands of them. */
const summary = (frames: readonly EslFrame[]): string[] =>
  frames.map(({ type, headers, body }) => `${type} ${JSON.stringify([...headers])} ${body.toString('base64')}`);

describe.each(STREAMS)('the recorded stream %s', (name) => {
  const raw = rawStream(name);

  it('is split where an independent splitter splits it, and nothing is left over', () => {
    const { frames, reason, pending } = readAll([raw]);
    const expected = splitRecording(raw);
    expect(reason).toBeUndefined();
    expect(pending).toBe(0);
    expect(frames.map(({ type }) => type)).toEqual(expected.map(({ type }) => type));
    for (const [index, frame] of frames.entries()) {
      const { bytes } = expected[index]!;
      expect(bytes.subarray(bytes.length - frame.body.length).equals(frame.body)).toBe(true);
    }
  });

  it('gives the same frames wherever the network cuts it', () => {
    const whole = summary(readAll([raw]).frames);
    const seed = Date.now() % 2 ** 31;
    const random = createRandom(seed);
    for (const most of [1, 7, 300, 70_000]) {
      const cut = readAll(pieces(raw, () => 1 + Math.floor(random() * most)));
      expect(summary(cut.frames), `seed ${seed}, pieces of up to ${most} bytes`).toEqual(whole);
    }
  });
});

it('gives the same frames when it is cut in two at any byte', () => {
  const raw = rawStream('restart-before');
  // The first frames (replies, events without end of line, log lines) and the last, with the disconnect notice.
  const frames = splitRecording(raw);
  const windows = [frames.slice(0, 12), frames.slice(-12)].map((some) => Buffer.concat(some.map(({ bytes }) => bytes)));
  for (const bytes of windows) {
    const whole = summary(readAll([bytes]).frames);
    expect(whole).toHaveLength(12);
    for (let at = 0; at <= bytes.length; at++) {
      const { frames: cut } = readAll([bytes.subarray(0, at), bytes.subarray(at)]);
      if (summary(cut).join('\n') !== whole.join('\n')) expect.fail(`another result when cut at byte ${at}`);
    }
  }
});

describe('createFrameReader', () => {
  it('reads the greeting, replies and goodbyes of a real switch', () => {
    const bytes = ['00-greeting', '01-auth-wrong', '06-show-channels-json', '25-bgapi', '27-exit'].map(recordedReply);
    const { frames, reason } = readAll([Buffer.concat(bytes)]);
    expect(reason).toBeUndefined();
    expect(frames.map(({ type }) => type)).toEqual([
      'auth/request',
      'command/reply',
      'text/disconnect-notice',
      'api/response',
      'command/reply',
      'command/reply',
      'text/disconnect-notice',
    ]);
    expect(frames[1]?.headers.get('reply-text')).toBe('-ERR invalid');
    expect(frames[4]?.headers.get('job-uuid')).toBe('158c559e-0332-44c8-97fd-647f979335fa');
  });

  it('reads a rejection by access list and a notice without Content-Length', () => {
    const { frames } = readAll([
      Buffer.from('Content-Type: text/disconnect-notice\n\nContent-Type: text/rude-rejection\nContent-Length: 24\n\n'),
      Buffer.from('Access Denied, go away.\n'),
    ]);
    expect(frames.map(({ type, body }) => [type, body.toString()])).toEqual([
      ['text/disconnect-notice', ''],
      ['text/rude-rejection', 'Access Denied, go away.\n'],
    ]);
  });

  it('counts Content-Length in bytes, not in characters', () => {
    const body = Buffer.from('علی 😀');
    const head = Buffer.from(`Content-Type: log/data\nContent-Length: ${body.length}\n\n`);
    const { frames } = readAll([Buffer.concat([head, body, Buffer.from('Content-Type: auth/request\n\n')])]);
    expect(frames.map((frame) => frame.body.toString())).toEqual(['علی 😀', '']);
  });

  it('tells how much of an unfinished frame it holds', () => {
    expect(readAll([Buffer.from('Content-Type: log/data\nContent-Length: 5\n\nabc')]).pending).toBeGreaterThan(0);
    expect(readAll([Buffer.from('Content-Ty')]).pending).toBeGreaterThan(0);
  });

  it.each([
    ['header_too_long', `Content-Type: ${'x'.repeat(MAX_HEADER_BYTES)}`],
    ['header_too_long', `Content-Type: ${'x'.repeat(MAX_HEADER_BYTES)}\n\n`],
    ['no_content_type', 'HTTP/1.1 400 Bad Request\nContent-Length: 3\n\n'],
    ['bad_length', 'Content-Type: log/data\nContent-Length: -1\n\n'],
    ['bad_length', 'Content-Type: log/data\nContent-Length: 1e3\n\n'],
    ['body_too_big', `Content-Type: log/data\nContent-Length: ${MAX_BODY_BYTES + 1}\n\n`],
    ['body_too_big', `Content-Type: log/data\nContent-Length: ${'9'.repeat(400)}\n\n`],
  ])('gives up with %s, however the bytes come, and keeps what it could not read', (reason, text) => {
    for (const size of [1, 1000, text.length]) {
      const reader = createFrameReader();
      for (const chunk of pieces(Buffer.from(text), () => size)) expect(reader.push(chunk)).toEqual([]);
      expect(reader.failure()?.reason).toBe(reason);
      expect(reader.failure()?.bytes.length).toBeLessThanOrEqual(4096);
      expect(text.startsWith(reader.failure()!.bytes.toString())).toBe(true);
      expect(reader.push(Buffer.from('Content-Type: auth/request\n\n'))).toEqual([]);
    }
  });

  it('returns the frames that came before the one it cannot read', () => {
    const { frames, reason } = readAll([Buffer.from('Content-Type: auth/request\n\nnonsense\n\n')]);
    expect(frames).toHaveLength(1);
    expect(reason).toBe('no_content_type');
  });

  it('never throws, whatever comes', () => {
    const seed = Date.now() % 2 ** 31;
    const random = createRandom(seed);
    const raw = rawStream('missing-ack').subarray(0, 40_000);
    const end = performance.now() + 1500;
    for (let round = 0; performance.now() < end; round++) {
      const bytes = Buffer.from(raw);
      if (round % 3 === 0) for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
      else for (let i = 0; i < 20; i++) bytes[Math.floor(random() * bytes.length)] = random() * 256;
      try {
        readAll(pieces(bytes, () => 1 + Math.floor(random() * 5000)));
      } catch (error) {
        expect.fail(`seed ${seed}, round ${round}: ${String(error)}`);
      }
    }
  });
});
