import { describe, expect, it } from 'vitest';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { scatter } from '../generate/delivery.ts';
import { buildGraph } from '../generate/graph.ts';
import { createRandom } from '../generate/random.ts';
import { scoreOf } from '../truth/score.ts';
import { answersOf, readDay } from './recorded.ts';

const SCENARIOS: readonly (readonly [golden: string, recording: string, what: string])[] = [
  ['1', '01-basic', 'answered calls, hung up from either side'],
  ['3 and 4', '04-failover-fork', 'failover, ring groups, enterprise dial'],
  ['7 and 11', '05-transfer-hold', 'blind transfer, hold, two parked calls joined'],
  ['8 and 22', '15-refer-replaces', 'attended transfer, media that bypasses the switch'],
  ['12', '06-conference', 'conference with members who dialled and were dialled'],
  ['14 and 16', '07-queue', 'callcenter and fifo'],
  ['6 and 17', '08-loopback-originate', 'loopback and originated calls'],
  ['22', '09-tandem', 'router and second switch'],
  ['24', '11-crash-recover', 'crash and recovery'],
  ['27', '02-uuid-as-callid', 'uuid as Call-ID, Call-ID as uuid'],
  ['30', '03-failures', 'failed calls of many kinds'],
  ['30', '10-missing-ack', 'an ACK that never came'],
  ['31', '14-tcp-ipv6-tls', 'IPv6 whose addresses the switch does not tell, TCP, TLS'],
];

describe('golden scenarios: recorded', () => {
  it.for(SCENARIOS)('golden %s, recorded (%s): %s', async ([, name]) => {
    const { events, truth } = await readDay(name);
    expect(truth.groups.length).toBeGreaterThan(0);
    const random = createRandom(1);
    const orders: Readonly<Record<string, readonly (readonly CaptureEvent[])[]>> = {
      'in order': [events],
      'shuffled, some of it twice, over three indexers': scatter(events, random, 3, 0.3),
    };
    for (const [order, hands] of Object.entries(orders)) {
      const { wrong, missing } = scoreOf(truth.groups, await answersOf(buildGraph(hands), truth), truth.outsiders);
      expect({ wrong, missing }, order).toEqual({ wrong: [], missing: [] });
    }
    for (const kind of ['packet', 'event', 'log'] as const) {
      const heard = events.filter((event) => event.kind === kind);
      const { wrong, right } = scoreOf(truth.groups, await answersOf(buildGraph([heard]), truth), truth.outsiders);
      expect(wrong, `${kind}s only`).toEqual([]);
      if (kind === 'event') expect(right, 'events alone join').toBeGreaterThan(0);
    }
  });
});
