import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../collector/esl/event.ts';
import { createEventMemory, type EventMemory } from '../../../collector/esl/event-memory.ts';
import { allHeaders, type ChannelEventSeen, headerOf } from '../../../core/model/capture-event.ts';

const ARRIVED = 1_795_256_496_800_000;
const FILL = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`variable_number_${i}`, `value ${i}`]));

function reader(memory: EventMemory = createEventMemory()) {
  let sequence = 100;
  return (headers: Record<string, unknown>, arrivedUs = ARRIVED): ChannelEventSeen => {
    const told = { 'Event-Name': 'X', 'Core-UUID': 'core', 'Event-Sequence': String(++sequence), ...headers };
    const reading = readEvent(Buffer.from(JSON.stringify(told)), {
      node: 'fs1',
      arrivedUs,
      trustSenderClock: true,
      memory,
    });
    if (!reading.ok) throw new Error(reading.reason);
    expect(JSON.parse(reading.event.headers instanceof Object ? JSON.stringify(reading.event.headers) : '')).toEqual(
      allHeaders(reading.event.headers),
    );
    return reading.event;
  };
}

describe('what is remembered of a channel', () => {
  it('makes an event that repeats it what is new in it', () => {
    const read = reader();
    const first = read({ 'Unique-ID': 'u', ...FILL });
    const second = read({ 'Unique-ID': 'u', ...FILL, Answer: 'yes' });
    expect(first.kept?.recipe).toBe('');
    expect(second.kept?.base).toBe(first.id);
    expect(JSON.parse(second.kept?.text.toString() ?? '')).toEqual({ 'Event-Sequence': '102', Answer: 'yes' });
    expect(allHeaders(second.headers)).toMatchObject({ ...FILL, 'Unique-ID': 'u', Answer: 'yes' });
  });

  it('is not used for another channel, on another day, or after the channel ended', () => {
    const read = reader();
    read({ 'Unique-ID': 'u', ...FILL });
    expect(read({ 'Unique-ID': 'v', ...FILL }).kept?.recipe).toBe('');
    expect(read({ 'Unique-ID': 'u', ...FILL }, ARRIVED + 86_400_000_000).kept?.recipe).toBe('');
    read({ 'Event-Name': 'CHANNEL_STATE', 'Channel-State': 'CS_DESTROY', 'Unique-ID': 'v', ...FILL });
    expect(read({ 'Unique-ID': 'v', ...FILL }).kept?.recipe).toBe('');
  });

  it('does not bring back a header that is gone', () => {
    const read = reader();
    read({ 'Unique-ID': 'u', ...FILL, Hold: 'yes' });
    const after = read({ 'Unique-ID': 'u', ...FILL });
    expect(after.kept?.recipe).not.toBe('');
    expect(headerOf(after.headers, 'Hold')).toBe('');
    expect(headerOf(after.headers, 'variable_number_7')).toBe('value 7');
  });

  it('lets the last of two equal names count, wherever the two stand', () => {
    const read = reader();
    read({ 'Unique-ID': 'u', ...FILL, Cause: 'old' });
    const memory = createEventMemory();
    const twice = (sequence: number, first: string, last: string): ChannelEventSeen => {
      const told = { 'Event-Name': 'X', 'Core-UUID': 'c', 'Event-Sequence': String(sequence), 'Unique-ID': 'u' };
      const text = JSON.stringify({ ...told, Cause: first, ...FILL }).replace(/\}$/, `,"Cause":"${last}"}`);
      const reading = readEvent(Buffer.from(text), { node: 'f', arrivedUs: ARRIVED, trustSenderClock: true, memory });
      if (!reading.ok) throw new Error(reading.reason);
      return reading.event;
    };
    for (const [sequence, first, last] of [
      [1, 'a', 'b'],
      [2, 'a', 'c'],
      [3, 'd', 'b'],
      [4, 'b', 'a'],
    ] as const) {
      const event = twice(sequence, first, last);
      expect(headerOf(event.headers, 'Cause')).toBe(last);
      expect(allHeaders(event.headers).Cause).toBe(last);
    }
  });

  it('holds no secret, and events with the same secret are still small', () => {
    const read = reader();
    const secret = { variable_sip_auth_password: 's3cret', 'Application-Data': 'sip_auth_password=s3cret' };
    const events = [1, 2, 3].map(() => read({ 'Unique-ID': 'u', ...secret, ...FILL }));
    const later = read({ 'Unique-ID': 'u', ...FILL, variable_sip_auth_username: 'me', Data: '"password":"s3cret"' });
    for (const event of [...events, later]) {
      expect(event.kept?.text.toString()).not.toContain('s3cret');
      expect(JSON.stringify(event.headers)).not.toMatch(/s3cret|sip_auth_username/);
    }
    expect(events[2]?.kept?.recipe).not.toBe('');
    expect(headerOf(later.headers, 'Data')).toBe('"password":***');
  });
});
