import { describe, expect, it } from 'vitest';
import { createFrameReader, EslFrame } from '../../../collector/esl/frame.ts';
import { createLogReader, lostStream } from '../../../collector/esl/log-line.ts';
import { createNodeClock } from '../../../collector/esl/time.ts';
import type { LogLineSeen } from '../../../core/model/capture-event.ts';
import { rawStream } from './fixtures.ts';

const AT = Date.UTC(2026, 10, 21, 10, 21, 38) * 1000 + 736_096;

function frameOf(text: string, headers: Record<string, string> = {}): EslFrame {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return new EslFrame('log/data', head.join('\n'), Buffer.from(text));
}

function readAll(frames: readonly EslFrame[], arrivedUs = AT): LogLineSeen[] {
  const reader = createLogReader('fs1', createNodeClock(0), true);
  return frames.map((frame) => reader.read(frame, arrivedUs));
}

const recorded = createFrameReader()
  .push(rawStream('missing-ack'))
  .filter(({ type }) => type === 'log/data');

describe('createLogReader', () => {
  it('reads level, place, channel and the whole text of every recorded line', () => {
    const lines = readAll(recorded);
    expect(lines.length).toBeGreaterThan(200);
    for (const [index, line] of lines.entries()) {
      expect(line.text).toBe(recorded[index]!.body.toString());
      expect(line.order).toBe(index);
      expect(line.level).toBeLessThanOrEqual(7);
      expect(line.file).toMatch(/\.(c|cpp|h)$/);
      expect(line.func).not.toBe('');
      expect(line.line).toBeGreaterThan(0);
    }
    expect(lines.filter(({ channel }) => channel !== '').length).toBeGreaterThan(100);
    expect(lines.some(({ text }) => text.trim().split('\n').length > 5)).toBe(true);
  });

  it('gives a line without time the time of the line before it', () => {
    const lines = readAll(recorded);
    const without = lines.filter(({ text }) => !/^\d{4}-/.test(text));
    expect(without.length / lines.length).toBeGreaterThan(0.2);
    for (const [index, line] of lines.entries()) {
      if (index > 0 && without.includes(line)) expect(line.atUs).toBe(lines[index - 1]!.atUs);
    }
  });

  it('gives the first line the arrival when it has no time', () => {
    expect(readAll([frameOf('EXECUTE [depth=0] x')], AT + 5)[0]!.atUs).toBe(AT + 5);
  });

  it('gives every line an id of its own, the same when the stream is delivered again', () => {
    const once = readAll(recorded).map(({ id }) => id);
    expect(new Set(once).size).toBe(recorded.length);
    expect(readAll(recorded, AT + 1_000_000).map(({ id }) => id)).toEqual(once);
  });

  it('tells equal lines of one tick apart, also when another tick comes between them', () => {
    const line = frameOf('2026-11-21 10:21:38.736096 7.13% [NOTICE] same\n', { 'User-Data': 'u' });
    const other = frameOf('2026-11-21 10:21:38.716096 7.13% [NOTICE] other\n', { 'User-Data': 'u' });
    expect(new Set(readAll([line, other, line, line]).map(({ id }) => id)).size).toBe(4);
  });

  it('reads local time in the zone that is configured, or that events have taught', () => {
    const frame = frameOf('2026-11-21 16:06:38.736096 [NOTICE] x\n');
    expect(createLogReader('fs1', createNodeClock(345), true).read(frame, 1).atUs).toBe(AT);
    const clock = createNodeClock();
    clock.learn({ 'Event-Date-Local': '2026-11-21 16:06:38', 'Event-Date-Timestamp': String(AT) });
    expect(createLogReader('fs1', clock, true).read(frame, 1).atUs).toBe(AT);
  });

  it('guesses the zone by the arrival, once, until an event tells', () => {
    const clock = createNodeClock();
    const reader = createLogReader('fs1', clock, false);
    const frame = frameOf('2026-11-21 16:06:38.736096 [NOTICE] x\n');
    expect(reader.needsClock(frame, AT)).toBe(false);
    expect(reader.read(frame, AT + 20_000).atUs).toBe(AT);
    // Held up for half an hour on its way: still the same zone.
    expect(reader.read(frame, AT + 1_800_000_000).atUs).toBe(AT);
  });

  it('asks for the clock when a recording is played and nothing tells the zone', () => {
    const reader = createLogReader('fs1', createNodeClock(), true);
    const frame = frameOf('2026-11-21 16:06:38.736096 [NOTICE] x\n');
    expect(reader.needsClock(frame, AT + 90 * 86_400_000_000)).toBe(true);
    expect(reader.needsClock(frameOf('EXECUTE x'), AT)).toBe(false);
  });

  it('takes DEBUG1 to DEBUG10, which come as ALERT, for debug lines', () => {
    const text = '2026-11-21 10:21:38.736096 99.00% [DEBUG3] x.c:1 y\n';
    expect(readAll([frameOf(text, { 'Log-Level': '1' })])[0]!.level).toBe(7);
    expect(readAll([frameOf(text.replace('DEBUG3', 'ALERT'), { 'Log-Level': '1' })])[0]!.level).toBe(1);
  });

  it('stores no secrets', () => {
    expect(readAll([frameOf('EXECUTE x set(sip_auth_password=s3cret)')])[0]!.text).not.toContain('s3cret');
  });
});

describe('lostStream', () => {
  const line = (text: string, level = '2'): LogLineSeen => readAll([frameOf(text, { 'Log-Level': level })])[0]!;
  it('knows the two ways in which the switch says that it gave something up', () => {
    expect(lostStream(line('… [CRIT] mod_event_socket.c:405 Lost [17] events! Event Queue size: [5/100000]'))).toBe(
      'events',
    );
    expect(lostStream(line('… [CRIT] mod_event_socket.c:1 Lost [3] log lines! Log Queue size: [5/100000]'))).toBe(
      'logs',
    );
  });
  it('does not believe a line of lower level, which a caller may have written', () => {
    expect(lostStream(line('EXECUTE x log(INFO Lost [17] events! )', '6'))).toBeUndefined();
    expect(lostStream(line('all is well'))).toBeUndefined();
  });
});
