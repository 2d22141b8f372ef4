import { describe, expect, it } from 'vitest';
import { createEventReader } from '../../../collector/ami/event.ts';
import { EVENT_MASK, isWorthStoring } from '../../../collector/ami/interest.ts';
import { packetOf, recording, STREAMS } from './fixtures.ts';

const isStored = (text: string): boolean => {
  const event = createEventReader({ node: 'ast1', trustSenderClock: true }).read(packetOf(text), 1);
  return event !== undefined && isWorthStoring(event);
};

describe('isWorthStoring', () => {
  it('keeps what names a call in the recordings, and drops CEL, RTCP and news of devices', () => {
    const kept = new Set<string>();
    const dropped = new Set<string>();
    for (const [name, node] of STREAMS) {
      for (const { type, bytes } of recording(name, node)) (isStored(bytes.toString()) ? kept : dropped).add(type);
    }
    const noise = [
      'CEL',
      'ContactStatus',
      'FullyBooted',
      'PeerStatus',
      'QueueMemberStatus',
      'RTCPSent',
      'SuccessfulAuth',
    ];
    // Of VarSet those of global variables, of OriginateResponse those of calls that never had a channel.
    expect([...dropped].sort()).toEqual([...noise, 'OriginateResponse', 'VarSet'].sort());
    for (const type of ['Newchannel', 'VarSet', 'Cdr', 'AttendedTransfer', 'ParkedCall', 'LocalBridge', 'UserEvent']) {
      expect(kept).toContain(type);
    }
  });

  it.each([
    ['Event: Shutdown\r\nShutdown: Cleanly', true],
    ['Event: UserEvent\r\nUserEvent: Wait', true],
    ['Event: VarSet\r\nChannel: none\r\nUniqueid: none\r\nVariable: GLOBAL\r\nValue: 1', false],
    ['Event: OriginateResponse\r\nUniqueid: <unknown>', false],
    ['Event: Newchannel\r\nUniqueid: my-crm-3208', true],
    ['Event: RTCPSent\r\nUniqueid: a.1', false],
    ['Event: DeviceStateChange\r\nDevice: PJSIP/a', false],
    ['Event: Brandnew\r\nOtherUniqueid: a.1', true],
  ])('decides on %j: %s', (text, expected) => expect(isStored(text)).toBe(expected));
});

it('asks for the classes of the events that are kept', () => {
  const asked = new Set([...EVENT_MASK.split(','), 'all']);
  for (const [name, node] of STREAMS) {
    for (const { type, bytes } of recording(name, node)) {
      const classes = /^Privilege: (.*)\r$/m.exec(bytes.toString())?.[1]?.split(',') ?? [];
      // Digits are of calls too, and are not asked for all the same.
      if (isStored(bytes.toString()) && type !== 'DTMFEnd') expect(asked, type).toContain(classes[0]);
    }
  }
});
