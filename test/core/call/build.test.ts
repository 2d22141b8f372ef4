import { describe, expect, it } from 'vitest';
import { summariseCall } from '../../../core/call/build.ts';
import { mergeCopies } from '../../../core/call/copies.ts';
import { summariseDialog } from '../../../core/call/dialog.ts';
import { summariseFreeswitchChannel } from '../../../core/call/freeswitch-channel.ts';
import type { LegFacts } from '../../../core/call/legs.ts';
import type { EventFact } from '../../../core/call/read/facts.ts';
import type { MessageFact } from '../../../core/call/read/messages.ts';
import { readSip } from '../../../core/sip/read.ts';

let id = 0;
const message = (atUs: number, over: Partial<MessageFact>): MessageFact => ({
  id: String(id++),
  atUs,
  sensor: 'hep 101',
  protocol: 1,
  transport: 'udp',
  srcIp: '192.0.2.1',
  srcPort: 5060,
  dstIp: '192.0.2.2',
  dstPort: 5060,
  callId: 'A',
  method: 'INVITE',
  status: 0,
  cseq: 1,
  cseqMethod: 'INVITE',
  fromUser: '1001',
  fromName: '',
  fromTag: 'f',
  toUser: '1002',
  toName: '',
  toTag: '',
  reason: '',
  digest: `digest${id}`,
  payload: Buffer.alloc(0),
  sip: readSip(Buffer.alloc(0)),
  ...over,
});
const back = { srcIp: '192.0.2.2', dstIp: '192.0.2.1' };
const response = (atUs: number, status: number, over: Partial<MessageFact> = {}): MessageFact =>
  message(atUs, { status, toTag: 't', ...back, ...over });

describe('a dialog', () => {
  it('is answered when the caller got a 2xx, and ended by the one who sent the BYE', () => {
    const bye = message(9, { method: 'BYE', cseqMethod: 'BYE', cseq: 2, toTag: 'f', fromTag: 't', ...back });
    expect(summariseDialog('A', [message(1, {}), response(2, 180), response(3, 200), bye])).toMatchObject({
      ringingUs: 2,
      answeredUs: 3,
      endedUs: 9,
      finalStatus: 200,
      hungUpBy: 'answerer',
    });
  });

  it('counts the answer that arrived where the INVITE came from, since proxies rewrite answers', () => {
    const messages = [
      message(1, {}),
      message(2, { srcIp: '192.0.2.2', dstIp: '192.0.2.3' }),
      response(3, 503, { srcIp: '192.0.2.3', dstIp: '192.0.2.2' }),
      response(4, 500),
    ];
    expect(summariseDialog('A', messages)?.finalStatus).toBe(500);
  });

  it('takes a challenge for final only when the caller did not try again', () => {
    expect(
      summariseDialog('A', [message(1, {}), response(2, 407), message(3, { cseq: 2 }), response(4, 200)]),
    ).toMatchObject({ finalStatus: 200, answeredUs: 4 });
    expect(summariseDialog('A', [message(1, {}), response(2, 407)])?.finalStatus).toBe(407);
  });

  it('was withdrawn by its originator when there is a CANCEL and no answer', () => {
    const cancel = message(5, { method: 'CANCEL', cseqMethod: 'CANCEL' });
    expect(summariseDialog('A', [message(1, {}), response(2, 180), cancel, response(6, 487)])).toMatchObject({
      cancelled: true,
      hungUpBy: 'originator',
      endedUs: 6,
    });
  });

  it('is still running without a final answer', () => {
    const dialog = summariseDialog('A', [message(1, {}), response(2, 180)]);
    expect(dialog?.finalStatus).toBeUndefined();
    expect(dialog?.endedUs).toBeUndefined();
  });

  it('that is no call keeps its own method', () => {
    const register = message(1, { method: 'REGISTER', cseqMethod: 'REGISTER' });
    expect(summariseDialog('A', [register, response(2, 200, { cseqMethod: 'REGISTER' })])).toMatchObject({
      method: 'REGISTER',
      finalStatus: 200,
    });
  });
});

describe('copies', () => {
  const at = (sensor: string, atUs: number): MessageFact => message(atUs, { sensor, digest: 'same' });

  it('of one message at two sensors are one arrow with two witnesses', () => {
    const [seen, ...more] = mergeCopies([at('hep 101', 10), at('hep 201', 12)]);
    expect(more).toEqual([]);
    expect(seen?.copies.map((copy) => copy.sensor)).toEqual(['hep 101', 'hep 201']);
    expect(seen?.retransmission).toBe(false);
  });

  it('at one sensor are retransmissions, and each finds its own second witness', () => {
    const seen = mergeCopies([at('a', 0), at('b', 1), at('a', 500_000), at('b', 500_001), at('a', 1_500_000)]);
    expect(seen.map(({ copies, retransmission }) => [copies.length, retransmission])).toEqual([
      [2, false],
      [2, true],
      [1, true],
    ]);
  });

  it('show the addresses of the sensor that knew them', () => {
    const blind = { ...at('hep 201', 9), srcIp: '', dstIp: '' };
    expect(mergeCopies([blind, at('hep 101', 10)])[0]).toMatchObject({ atUs: 9, message: { srcIp: '192.0.2.1' } });
  });
});

describe('a channel', () => {
  const event = (name: string, headers: Record<string, string>, atUs = 1): EventFact => ({
    id: '0',
    atUs,
    origin: 'freeswitch',
    node: 'fs1',
    coreUuid: 'core',
    sequence: atUs,
    name,
    subclass: '',
    channel: 'a',
    backfill: false,
    headers,
    partial: false,
  });

  it('tells its parties, times and cause; a time of 0 is never', () => {
    const channel = summariseFreeswitchChannel('a', [
      event('CHANNEL_CREATE', {
        'Call-Direction': 'outbound',
        'Channel-Name': 'sofia/internal/%2B1415@h',
        'Caller-Caller-ID-Number': '1001',
        'Caller-Destination-Number': '%2B1415',
        'Caller-Channel-Created-Time': '5',
        'Caller-Channel-Answered-Time': '0',
      }),
      event('CHANNEL_HANGUP', { 'Hangup-Cause': 'USER_BUSY' }, 20),
    ]);
    expect(channel).not.toHaveProperty('answeredUs');
    expect(channel).toMatchObject({
      direction: 'outbound',
      name: 'sofia/internal/+1415@h',
      from: { number: '1001' },
      to: { number: '+1415' },
      startedUs: 1,
      endedUs: 20,
      hangupCause: 'USER_BUSY',
    });
  });
});

describe('a call', () => {
  const leg = (id: string, over: Partial<LegFacts>): LegFacts => ({
    id,
    callId: id,
    channels: [],
    from: { number: '1', name: '' },
    to: { number: '2', name: '' },
    startedUs: 0,
    lastUs: 100,
    answeredUs: 10,
    endedUs: 90,
    outcome: 'answered',
    ...over,
  });

  it('was ended by the callee when the first BYE came from the outer end of the second leg', () => {
    const a = leg('A', { hungUpBy: 'answerer', endedUs: 91 });
    const b = leg('B', { parent: a, startedUs: 1, hungUpBy: 'answerer', endedUs: 90 });
    expect(summariseCall([a, b], []).hungUpBy).toBe('callee');
  });

  it('was ended by the caller when the first BYE came from the outer end of the first leg', () => {
    const a = leg('A', { hungUpBy: 'originator', endedUs: 90 });
    const b = leg('B', { parent: a, startedUs: 1, hungUpBy: 'originator', endedUs: 91 });
    expect(summariseCall([a, b], []).hungUpBy).toBe('caller');
  });

  it('was ended by the switch when it sent the first BYE on both legs', () => {
    const a = leg('A', { hungUpBy: 'answerer', endedUs: 90 });
    const b = leg('B', { parent: a, startedUs: 1, hungUpBy: 'originator', endedUs: 91 });
    expect(summariseCall([a, b], []).hungUpBy).toBe('switch');
  });

  it('begins with the leg that nobody originated, even when another one was seen first', () => {
    const a = leg('A', { startedUs: 5 });
    const b = leg('B', { parent: a, startedUs: 1 });
    expect(summariseCall([b, a], []).root.id).toBe('A');
  });

  it('was interrupted when its switch started anew and never spoke of it again', () => {
    const channel = {
      uuid: 'a',
      node: 'fs1',
      coreUuids: ['old'],
      name: '',
      direction: 'inbound' as const,
      from: { number: '', name: '' },
      to: { number: '', name: '' },
      startedUs: 0,
      lastUs: 50,
      disposition: '',
    };
    const { endedUs: _, ...open } = leg('A', { outcome: 'in_progress', channels: [channel] });
    const gap = { node: 'fs1', stream: 'events', sinceUs: 50, untilUs: 70, reason: 'restarted' };
    expect(summariseCall([open], [gap]).outcome).toBe('interrupted');
    expect(summariseCall([open], [{ ...gap, reason: 'disconnected' }]).outcome).toBe('in_progress');
    expect(summariseCall([open], []).outcome).toBe('in_progress');
  });
});
