import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { expect, expectTypeOf, test } from 'vitest';
import { type Value as Counted, ledgerOf } from '../../api/ledger/ledger.ts';
import { Ledger } from '../../api/ledger/schema.ts';
import type * as page from '../../web/api.ts';

const counted = (...values: readonly (readonly [value: number, labels?: Counted['labels']])[]): Counted[] =>
  values.map(([value, labels = {}]) => ({ value, labels }));

const COLLECTOR = new Map<string, Counted[]>([
  [
    'calltrail_received_total',
    counted([100, { source: 'hep-udp', kind: 'sip' }], [5, { source: 'esl:fs1', kind: 'event' }]),
  ],
  [
    'calltrail_rejected_total',
    counted(
      [2, { source: 'hep-udp', reason: 'no_key', sender: 'a' }],
      [1, { source: 'hep-udp', reason: 'no_key', sender: 'b' }],
    ),
  ],
  [
    'calltrail_lost_total',
    counted(
      [4, { stage: 'kernel', reason: 'receive_buffer_full' }],
      [7, { stage: 'bus', reason: 'full' }],
      [3, { stage: 'journal', reason: 'too_old' }],
    ),
  ],
  ['calltrail_offered_total', counted([101])],
  ['calltrail_bus_taken_total', counted([99])],
  ['calltrail_bus_writing_events', counted([2])],
  ['calltrail_bus_waiting_events', counted([12])],
  ['calltrail_journal_recovered_total', counted([1])],
  ['calltrail_bus_stored_total', counted([87])],
  ['calltrail_stored_rows_total', counted([87, { table: 'messages' }])],
]);

test('what came in is passed on, waiting or lost, with the reason, to the event', () => {
  const ledger = ledgerOf(COLLECTOR);
  expect(ledger.stages.map(({ name, difference }) => [name, difference])).toEqual([
    ['sources', 0],
    ['journal', 0],
    ['store', null],
  ]);
  expect(ledger.balances).toBe(true);
  expect(ledger.network.lost).toEqual([{ reason: 'receive_buffer_full', count: 4 }]);
  expect(ledger.sources).toEqual([
    { name: 'esl:fs1', received: [{ kind: 'event', count: 5 }], rejected: [] },
    { name: 'hep-udp', received: [{ kind: 'sip', count: 100 }], rejected: [{ reason: 'no_key', count: 3 }] },
  ]);
  expect([...Value.Errors(Ledger, ledger)]).toEqual([]);
});

test('one event that is neither passed on, waiting nor lost is seen', () => {
  const missing = ledgerOf(new Map([...COLLECTOR, ['calltrail_bus_stored_total', counted([86])]]));
  expect(missing.balances).toBe(false);
  expect(missing.stages.find(({ name }) => name === 'journal')?.difference).toBe(1);
});

test('the topic is a stage where there is one', () => {
  const sent = new Map([...COLLECTOR, ['calltrail_kafka_sent_events_total', counted([87])]]);
  expect(ledgerOf(sent).stages.find(({ name }) => name === 'topic, written')?.difference).toBe(0);
  const reader = ledgerOf(
    new Map([
      ['calltrail_kafka_stored_events_total', counted([50])],
      ['calltrail_kafka_waiting_events', counted([9])],
      ['calltrail_kafka_lag_messages', counted([3, { partition: 0 }], [4, { partition: 1 }])],
      ['calltrail_lost_total', counted([2, { stage: 'kafka', reason: 'damaged' }])],
    ]),
  );
  expect(reader.stages[0]).toEqual({
    name: 'topic, read',
    in: null,
    passed: 50,
    waiting: 9,
    lost: [{ reason: 'damaged', count: 2 }],
    difference: null,
  });
  expect(reader.lagMessages).toBe(7);
});

test('what the API declares is what the page reads', () => {
  expectTypeOf<Static<typeof Ledger>>().toExtend<page.Ledger>();
});
