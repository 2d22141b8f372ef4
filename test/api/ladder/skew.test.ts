import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCallFinder } from '../../../api/call/finder.ts';
import { buildLadder } from '../../../api/ladder/build.ts';
import type { Ladder, Step } from '../../../api/schemas.ts';
import type { FoundCall } from '../../../core/call/find.ts';
import type { MessageFact } from '../../../core/call/read/messages.ts';
import { readSip } from '../../../core/sip/read.ts';
import { createRandom, shuffled } from '../../replay/random.ts';
import { openRecorded, type RecordedApi } from '../recorded.ts';

/** A fork with a failover, holds and transfers: what has most hops and most legs. */
const RECORDINGS = ['04-failover-fork', '05-transfer-hold'];

/** As the store hands them out, whatever the order in which they came. */
const byTime = (a: MessageFact, b: MessageFact): number => a.atUs - b.atUs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** What of the messages stands before its cause: a response before its request, a hop before the one it came from, an ACK before its answer. */
function beforeTheirCause(steps: readonly Step[]): string[] {
  const messages = steps
    .filter(({ kind, media, retransmission }) => kind === 'message' && !media && !retransmission)
    .map((step) => ({ step, sip: readSip(Buffer.from(step.raw)) }))
    .map(({ step, sip }) => ({
      ...{ step, sip },
      branches: sip.header('via').map((via) => /branch=([^;,\s]+)/.exec(via)?.[1] ?? ''),
      transaction: `${sip.callId} ${sip.cseq}`,
    }));
  const requests = new Map<string, number>();
  const answers = new Map<string, number>();
  for (const [at, { sip, branches, transaction }] of messages.entries()) {
    if (sip.request) requests.set(`${transaction} ${sip.method} ${branches[0]}`, at);
    else if (sip.cseqMethod === 'INVITE' && sip.status >= 200 && !answers.has(transaction))
      answers.set(transaction, at);
  }
  return messages.flatMap(({ step, sip, branches, transaction }, at) => {
    const causes = sip.request
      ? [
          requests.get(`${transaction} ${sip.method} ${branches[1]}`),
          sip.method === 'ACK' ? answers.get(transaction) : undefined,
        ]
      : [requests.get(`${transaction} ${sip.cseqMethod} ${branches[0]}`)];
    return causes.some((cause) => cause !== undefined && cause > at)
      ? [`${step.id} ${step.title} ${step.from} > ${step.to}`]
      : [];
  });
}

describe('the order of a ladder', { timeout: 180_000 }, () => {
  let api: RecordedApi;
  let calls: FoundCall[];

  beforeAll(async () => {
    api = await openRecorded(RECORDINGS);
    const find = createCallFinder({ store: api.store, unmask: () => undefined, guesses: false });
    calls = [];
    for (const key of RECORDINGS.flatMap((name) => api.callIds[name] ?? [])) {
      if (!calls.some(({ callIds }) => callIds.includes(key))) calls.push((await find(key, {}, {})).call);
    }
  }, 180_000);
  afterAll(() => api.close());

  /** The ladder of a call as it would be had its facts come in another order, and one sensor another clock. */
  function ladderOf(
    call: FoundCall,
    seed: number,
    sensor = '',
    ahead: number | ((atUs: number) => number) = 0,
    loss = 0,
  ): Promise<Ladder> {
    const { stored } = call;
    if (stored?.logs === undefined) throw new Error('the facts of a call are read while it is walked');
    const random = createRandom(seed);
    const aheadAt = typeof ahead === 'number' ? () => ahead : ahead;
    const captured = stored.messages.filter(() => loss === 0 || random() >= loss);
    const moved = captured.map((message) => {
      const atUs = message.sensor === sensor ? message.atUs + aheadAt(message.atUs) : message.atUs;
      return Object.create(message, { atUs: { value: atUs, enumerable: true } }) as MessageFact;
    });
    const facts = {
      messages: shuffled(moved, random).sort(byTime),
      events: shuffled(stored.events, random),
      logs: shuffled(stored.logs, random),
    };
    return buildLadder(api.store, { ...call, stored: { ...stored, ...facts } }, {}, {}, Promise.resolve(new Map()));
  }
  /** What is drawn, without the order: which of two witnesses a step is named after may change with their clocks. */
  const drawnOf = ({ steps }: Ladder): string[] =>
    steps.map(({ title, callId, from, to, seenBy }) => `${title} ${callId} ${from} ${to} ${seenBy.length}`).sort();
  const orderOf = ({ steps }: Ladder): string[] => steps.map(({ id }) => id);

  it('does not depend on the order in which events and log lines come', async () => {
    expect(calls.length).toBeGreaterThan(10);
    for (const call of calls) {
      const plain = await ladderOf(call, 1);
      expect(beforeTheirCause(plain.steps), call.callIds[0]).toEqual([]);
      for (const seed of [2, 3, 4])
        expect(orderOf(await ladderOf(call, seed)), call.callIds[0]).toEqual(orderOf(plain));
    }
  });

  it.each(['hep 101', 'hep 201'])(
    'keeps causes before what they cause when the clock of %s is off, and draws nothing twice',
    async (sensor) => {
      for (const call of calls) {
        const plain = await ladderOf(call, 1);
        for (const aheadUs of [-30_000, 400_000, -90_000_000, 90_000_000]) {
          const skewed = await ladderOf(call, 1, sensor, aheadUs);
          const name = `${call.callIds[0]} ${aheadUs}`;
          expect(beforeTheirCause(skewed.steps), name).toEqual([]);
          expect(drawnOf(skewed), name).toEqual(drawnOf(plain));
          expect(orderOf(await ladderOf(call, 5, sensor, aheadUs)), name).toEqual(orderOf(skewed));
        }
      }
    },
  );

  it.each([-90_000_000, 90_000_000])(
    'keeps causes before what they cause when a clock is %i µs off, drifts, is set within the call, and packets are lost',
    async (offsetUs) => {
      for (const [seed, call] of calls.entries()) {
        const { startedUs, lastUs } = call.facts;
        const setUs = (startedUs + lastUs) / 2;
        const ahead = (us: number): number =>
          Math.round(offsetUs + (us - startedUs) * 50e-6 + (us >= setUs ? -offsetUs / 3 : 0));
        const { steps } = await ladderOf(call, seed, 'hep 201', ahead, 0.05);
        expect(beforeTheirCause(steps), call.callIds[0]).toEqual([]);
      }
    },
  );
});
