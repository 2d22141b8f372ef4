import { describe, expect, it } from 'vitest';
import {
  type ChannelDialog,
  effectiveTimes,
  type OrderedEvent,
  type OrderedLog,
  type OrderedMessage,
} from '../../../api/ladder/order.ts';

/** With so many Vias, the one on top of them being `branch` where that is given. */
const message = (
  atUs: number,
  { vias = 1, branch, ...over }: Partial<OrderedMessage> & { readonly vias?: number; readonly branch?: string },
): OrderedMessage => {
  const [top, ...below] = Array.from({ length: vias }, (_, hop) => `z9hG4bK${vias - hop}`);
  return {
    atUs,
    callId: 'A',
    cseq: 1,
    cseqMethod: 'INVITE',
    status: 0,
    method: 'INVITE',
    branches: [branch ?? top ?? '', ...below],
    retransmission: false,
    ...over,
  };
};

const event = (atUs: number, sequence: number, name: string, channel = 'a'): OrderedEvent => ({
  atUs,
  sequence,
  name,
  channel,
  coreUuid: 'core',
});

const inbound: ChannelDialog = { callId: 'A', direction: 'inbound', node: 'fs1' };
const outbound: ChannelDialog = { callId: 'B', direction: 'outbound', node: 'fs1' };

/** The names of all things in effective order. */
function order(
  named: Record<string, { kind: 'message' | 'event' | 'log'; index: number }>,
  times: ReturnType<typeof effectiveTimes>,
): string[] {
  const at = (name: string): number => {
    const { kind, index } = named[name] ?? { kind: 'message', index: 0 };
    return { message: times.messages, event: times.events, log: times.logs }[kind][index] ?? 0;
  };
  return Object.keys(named).sort((a, b) => at(a) - at(b));
}

describe('the order of a ladder', () => {
  it('keeps the times of messages that are in order', () => {
    const times = [10, 20, 30].map((at, i) => message(at, { vias: i + 1 }));
    expect(effectiveTimes(times, [], [], new Map()).messages).toEqual([10, 20, 30]);
  });

  it('draws a request on its second hop after the first, whatever the clocks say', () => {
    const [first, second] = effectiveTimes([message(100, {}), message(90, { vias: 2 })], [], [], new Map()).messages;
    expect(second).toBeGreaterThan(first ?? 0);
  });

  it('draws a response on the hop near the caller after the far one', () => {
    const near = message(200, { status: 180, vias: 1 });
    const far = message(210, { status: 180, vias: 2 });
    const [nearAt, farAt] = effectiveTimes([near, far], [], [], new Map()).messages;
    expect(nearAt).toBeGreaterThan(farAt ?? 0);
  });

  it('draws a response after its request, even when it was stamped first', () => {
    const [request, response] = effectiveTimes(
      [message(100, {}), message(99, { status: 100 })],
      [],
      [],
      new Map(),
    ).messages;
    expect(response).toBeGreaterThan(request ?? 0);
  });

  it('draws the answer to a CANCEL after the CANCEL of its own hop, which both have one Via', () => {
    const cancel = (at: number, branch: string, status = 0): OrderedMessage =>
      message(at, { method: 'CANCEL', cseqMethod: 'CANCEL', branch, status });
    const [, near, far, farOk] = effectiveTimes(
      [cancel(10, 'near'), cancel(12, 'near', 200), cancel(14, 'far'), cancel(13, 'far', 200)],
      [],
      [],
      new Map(),
    ).messages;
    expect(farOk).toBeGreaterThan(far ?? 0);
    expect(near).toBe(12);
  });

  it('lets parallel branches of a fork keep their own times', () => {
    const branches = [message(10, { vias: 1 }), message(20, { vias: 2 }), message(15, { vias: 2 })];
    expect(effectiveTimes(branches, [], [], new Map()).messages).toEqual([10, 20, 15]);
  });

  it('leaves a retransmission where its timer put it', () => {
    const again = message(500_000, { retransmission: true });
    expect(effectiveTimes([message(0, {}), again, message(600, { vias: 2 })], [], [], new Map()).messages).toEqual([
      0, 500_000, 600,
    ]);
  });

  it('puts the first event of a channel after the INVITE that caused it, though the tick of the switch is older', () => {
    const times = effectiveTimes(
      [message(20_000, {}), message(20_500, { vias: 2 })],
      [event(4_000, 1, 'CHANNEL_STATE'), event(24_000, 2, 'CHANNEL_CREATE')],
      [],
      new Map([['a', inbound]]),
    );
    const names = {
      invite: { kind: 'message', index: 1 },
      state: { kind: 'event', index: 0 },
      create: { kind: 'event', index: 1 },
    } as const;
    expect(order(names, times)).toEqual(['invite', 'state', 'create']);
  });

  it('keeps the events of one core in the order in which it counted them', () => {
    const times = effectiveTimes(
      [],
      [event(40_000, 2, 'B'), event(40_000, 1, 'A'), event(20_000, 3, 'C')],
      [],
      new Map(),
    );
    expect(times.events[2]).toBeGreaterThanOrEqual(times.events[0] ?? 0);
    expect(times.events[0]).toBeGreaterThanOrEqual(times.events[1] ?? 0);
  });

  it('puts the answer of an outbound leg after the 200 that it got', () => {
    const ok = message(5_000_000, { callId: 'B', status: 200, vias: 1 });
    const times = effectiveTimes([ok], [event(4_990_000, 1, 'CHANNEL_ANSWER', 'b')], [], new Map([['b', outbound]]));
    expect(times.events[0]).toBeGreaterThan(5_000_000);
  });

  it('moves log lines along with the events around them, and keeps their own order', () => {
    const log = (atUs: number, seq: number): OrderedLog => ({ atUs, seq, node: 'fs1', channel: 'a' });
    const times = effectiveTimes(
      [message(20_000, {})],
      [event(4_000, 1, 'CHANNEL_STATE')],
      [log(4_000, 2), log(4_000, 1), log(4_100, 3)],
      new Map([['a', inbound]]),
    );
    expect(times.logs[1]).toBeGreaterThanOrEqual(20_000);
    expect(times.logs[0]).toBeGreaterThanOrEqual(times.logs[1] ?? 0);
    expect(times.logs[2]).toBeGreaterThanOrEqual(times.events[0] ?? 0);
  });
});
