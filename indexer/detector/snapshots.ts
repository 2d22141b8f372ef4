import { turn } from '../../core/runtime/turn.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import type { LiveIncident } from './incidents.ts';
import type { Knowledge } from './knowledge.ts';
import { revived, type Series } from './series.ts';
import type { Listener } from './watch.ts';

/** Rises when a snapshot of before cannot be read any more; the counts are then read again from their beginning. */
const FORM = 1;
/** Series in one statement: a state is some 30 KB of text, and nobody else may wait for long while it is written or read. */
const CHUNK = 8;

interface Head {
  readonly form: number;
  readonly keys: readonly string[];
  readonly others: readonly [string, number][];
  readonly listeners: readonly [string, Listener][];
  readonly incidents: readonly LiveIncident[];
}

/** Writes down what is known after `knowledge.minute`, the head last: what has no head was not written to its end. */
export async function writeSnapshot(store: Store, knowledge: Knowledge, arrived: number): Promise<void> {
  const { minute, series, others, listeners, incidents } = knowledge;
  const keys = [...series.keys()];
  for (let from = 0; from < keys.length; from += CHUNK) {
    const rows: Row<'detector'>[] = [];
    for (const key of keys.slice(from, from + CHUNK)) {
      await turn();
      rows.push({ minute, arrived, series: key, state: JSON.stringify(series.get(key)) });
    }
    await store.insert('detector', rows, `detector ${minute} ${from} ${arrived}`);
  }
  const head: Head = { form: FORM, keys, others: [...others], listeners: [...listeners], incidents };
  await store.insert(
    'detector',
    [{ minute, arrived, series: '', state: JSON.stringify(head) }],
    `detector ${minute} head ${arrived}`,
  );
}

/** The newest knowledge of a minute up to `until`, and not of before `from`; undefined when there is none. */
export async function readSnapshot(store: Store, from: number, until: number): Promise<Knowledge | undefined> {
  const [row] = await store.select<{ minute: number; state: string }>(
    `SELECT minute, state FROM detector WHERE series = '' AND minute BETWEEN {from:UInt32} AND {until:UInt32}
     ORDER BY minute DESC, arrived DESC LIMIT 1`,
    { from, until },
  );
  if (row === undefined) return undefined;
  const head = JSON.parse(row.state) as Head;
  if (head.form !== FORM) return undefined;
  const series = new Map<string, Series>();
  for (let at = 0; at < head.keys.length; at += CHUNK) {
    const rows = await store.select<{ series: string; state: string }>(
      'SELECT series, argMax(state, arrived) AS state FROM detector WHERE minute = {minute:UInt32} AND series IN {keys:Array(String)} GROUP BY series',
      { minute: row.minute, keys: head.keys.slice(at, at + CHUNK) },
    );
    for (const one of rows) {
      await turn();
      series.set(one.series, revived(JSON.parse(one.state) as Series));
    }
  }
  if (series.size !== head.keys.length) return undefined;
  return {
    minute: row.minute,
    series: new Map(head.keys.map((key) => [key, series.get(key)!])),
    others: new Map(head.others),
    listeners: new Map(head.listeners),
    incidents: [...head.incidents],
  };
}
