import { describe, expect, it } from 'vitest';
import type { EslFrame } from '../../../collector/esl/frame.ts';
import { createLogReader } from '../../../collector/esl/log-line.ts';
import { createNodeClock } from '../../../collector/esl/time.ts';
import { createLogLineReader, type LogLine } from '../../../collector/logfile/lines.ts';
import { createLogLineConverter } from '../../../collector/logfile/to-event.ts';
import { fixedZone } from '../../../collector/logfile/zone.ts';
import type { LogLineSeen } from '../../../core/model/capture-event.ts';
import { recordedFrames, writtenRaw, writtenWithChannels } from './mod-logfile.ts';

const AT = Date.UTC(2026, 10, 21, 10, 21, 38) * 1000 + 736_096;
const DAY = 86_400_000_000;

function line(text: string, over: Partial<LogLine> = {}): LogLine {
  const stamp = /^\d{4}-\S+ \S+/.exec(text)?.[0] ?? '';
  return { channel: 'u-1', level: 6, file: 'a.c', line: 1, stamp, text, known: true, ...over };
}

const converter = (trustSenderClock = false, offset = 0) =>
  createLogLineConverter({ node: 'fs1', zone: fixedZone(offset), trustSenderClock, firstOrder: 0 });

function ofFile(bytes: Buffer): LogLineSeen[] {
  const reader = createLogLineReader();
  const { toEvent } = converter();
  return [...reader.push(bytes), ...reader.flush()].map((read) => toEvent(read, AT));
}

function ofSocket(frames: readonly EslFrame[]): LogLineSeen[] {
  const reader = createLogReader('fs1', createNodeClock(0), true);
  return frames.map((frame) => reader.read(frame, AT));
}

describe('createLogLineConverter', () => {
  it.each([
    '01-basic/esl-fs1',
    '02-uuid-as-callid/esl-fs1',
    '03-failures/esl-fs1',
    '14-tcp-ipv6-tls/esl-fs1',
    '21-graceful-restart/esl-fs1',
  ])('gives every line of %s the id and time it has when it comes over the event socket', (name) => {
    const frames = recordedFrames(name);
    const socket = ofSocket(frames);
    const file = ofFile(writtenWithChannels(frames));
    expect(file.map(({ id }) => id)).toEqual(socket.map(({ id }) => id));
    expect(file.map(({ atUs }) => atUs)).toEqual(socket.map(({ atUs }) => atUs));
    expect(new Set(file.map(({ id }) => id)).size).toBe(frames.length);
  });

  it('gives lines of which the channel is not known ids of their own, so that they replace no line of a call', () => {
    const frames = recordedFrames('01-basic/esl-fs1');
    const socket = new Set(
      ofSocket(frames)
        .filter(({ channel }) => channel !== '')
        .map(({ id }) => id),
    );
    expect(ofFile(writtenRaw(frames)).filter(({ id, channel }) => channel === '' && socket.has(id))).toEqual([]);
  });

  it('keeps an old time, and replaces one that is more than an hour ahead', () => {
    const text = '2026-11-21 10:21:38.736096 [INFO] a.c:1 x\n';
    const { toEvent } = converter();
    expect(toEvent(line(text), AT + 90 * DAY)).toMatchObject({ atUs: AT, arrivedUs: AT + 90 * DAY });
    expect(toEvent(line(text), AT - 3_599_000_000).atUs).toBe(AT);
    expect(toEvent(line(text), AT - 3_601_000_000).atUs).toBe(AT - 3_601_000_000);
    expect(converter(true).toEvent(line(text), AT - DAY).atUs).toBe(AT);
  });

  it('reads times in the zone of the file', () => {
    expect(converter(false, 345).toEvent(line('2026-11-21 16:06:38.736096 [INFO] a.c:1 x\n'), AT).atUs).toBe(AT);
  });

  it('gives a line without time that of the line before it, or the arrival', () => {
    const { toEvent } = converter();
    expect(toEvent(line('EXECUTE [depth=0] x\n'), AT + 7).atUs).toBe(AT + 7);
    toEvent(line('2026-11-21 10:21:38.736096 [INFO] a.c:1 x\n', { channel: '' }), AT + 7);
    expect(toEvent(line('EXECUTE [depth=0] x\n'), AT + 9)).toMatchObject({ atUs: AT, order: 2 });
  });

  it('tells equal lines of one tick apart', () => {
    const { toEvent } = converter();
    const same = line('2026-11-21 10:21:38.736096 [INFO] a.c:1 x\n');
    expect(new Set([same, same, same].map((one) => toEvent(one, AT).id)).size).toBe(3);
  });

  it('stores no passwords', () => {
    expect(converter().toEvent(line('EXECUTE [depth=0] set(sip_auth_password=s3cret)\n'), AT).text).not.toContain(
      's3cret',
    );
  });
});
