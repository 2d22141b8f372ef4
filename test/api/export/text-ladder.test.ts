import { describe, expect, it } from 'vitest';
import { ladderLines } from '../../../api/export/text-ladder.ts';
import type { Step } from '../../../api/schemas.ts';
import { threadsOf } from '../../../core/ladder/threads.ts';
import { atOnce } from '../../../core/runtime/in-turns.ts';
import { LANES, step } from '../../core/ladder/steps.ts';

const at = '2026-11-21T10:21:38.752001Z';
type Change = Parameters<typeof step>[0];

const drawn = (...changes: Change[]): readonly string[] => drawnOn(LANES, ...changes);

const drawnOn = (hosts: typeof LANES, ...changes: Change[]): readonly string[] => {
  const steps = changes.map(
    (change): Step => ({
      ...{ at, transport: null, src: null, dst: null, seenBy: [], raw: '' },
      ...step(change),
    }),
  );
  const lanes = hosts.map((lane) => ({ ...lane, addresses: [...lane.addresses] }));
  return atOnce(ladderLines({ lanes, steps, media: [], truncated: false }, threadsOf([], steps)));
};

describe('a ladder in letters', () => {
  it('has a line a step between the names of its lanes, arrows with what they are called, and signs for the rest', () => {
    expect(
      drawn(
        { id: '1' },
        { id: '2', from: 'c', to: 'a', title: '180 Ringing', detail: 'INVITE', callId: 'two' },
        { id: '3', kind: 'event', from: 'b', to: null, title: 'CHANNEL_ANSWER', detail: 'sofia/x' },
        { id: '4', kind: 'log', from: 'c', to: null, title: 'a line', detail: 'a.c:1', callId: null },
        { id: '5', kind: 'gap', from: null, to: null, title: 'events missing', detail: 'restarted', callId: null },
      ),
    ).toEqual([
      '                             host-a                  host-b                  host-c',
      '10:21:38.752001 A               |------- INVITE ------->|                       |             sip:1@b',
      '10:21:38.752001 B               |<---------------- 180 Ringing -----------------|             INVITE',
      '10:21:38.752001 A               |                       *                       |             CHANNEL_ANSWER  sofia/x',
      '10:21:38.752001                 |                       |                       .             a line  a.c:1',
      '10:21:38.752001                 |                       |                       |             events missing  restarted',
      '                             host-a                  host-b                  host-c',
    ]);
  });

  it('says of a call of many hosts in words between which of them it goes, so that no line grows with their number', () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({ id: `${i}`, name: `host-${i}`, addresses: [] }));
    expect(
      drawnOn(
        [...LANES, ...many],
        { id: '1', to: '1999' },
        { id: '2', from: '7', to: 'a', title: '180 Ringing', detail: 'INVITE', retransmission: true },
        { id: '3', kind: 'event', from: 'b', to: null, title: 'CHANNEL_ANSWER', detail: 'sofia/x' },
        { id: '4', kind: 'gap', from: null, to: null, title: 'events missing', detail: 'restarted', callId: null },
      ),
    ).toEqual([
      '10:21:38.752001 A   host-a -> host-1999  INVITE  sip:1@b',
      '10:21:38.752001 A   host-7 -> host-a  180 Ringing (again)  INVITE',
      '10:21:38.752001 A   * host-b  CHANNEL_ANSWER  sofia/x',
      '10:21:38.752001     events missing  restarted',
    ]);
  });

  it('says behind the lanes in full what is too long for its arrow, and that a message was sent again', () => {
    const [, line = ''] = drawn({ id: '1', title: 'A response of many words', retransmission: true });
    expect(line).toMatch(/\|- A response of man… ->\| {23}\| {13}A response of many words \(again\) {2}sip:1@b$/);
  });

  it('lets no control character and no change of the direction of writing through', () => {
    const text = drawn({ id: '1', title: 'IN\u001b[31mVI\nTE', detail: 'a\u202eb\tc' }).join('\n');
    expect(text.split('\n')).toHaveLength(3);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u);
  });
});
