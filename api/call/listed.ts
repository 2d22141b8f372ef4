import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { CallSummary } from '../schemas.ts';
import { isoOf, maybeIso } from '../time.ts';
import { durationsOf } from './present.ts';

/** A call as a search shows it. Times are epoch µs. */
export interface ListedCall {
  readonly summary: CallSummary;
  readonly startedUs: number;
  readonly lastUs: number;
  /** Call-IDs and channels: whatever of these is found leads to this call. */
  readonly texts: readonly string[];
}

/**
 * The linker puts a call together when it has been silent for a while, and again when something is written about it after
 * all. A call that is over and has been silent for this long is taken from its row; any other is put together anew.
 */
const QUIET_US = 30_000_000;

type Raw = Readonly<Record<string, string | number>>;

const micros = (...columns: readonly string[]): string =>
  columns.map((column) => `toUnixTimestamp64Micro(${column}) AS ${column}_us`).join(', ');
const ROW = `id, ${micros('since', 'until', 'ringing', 'answered', 'ended')}, method, from_number, from_name, to_number, to_name,
  outcome, final_status, hangup_cause, hung_up_by, attempts, failed_attempts, legs, call_ids, channels, nodes, tenant, truncated,
  gone, version`;

/** The call that is named after this text; undefined when there is none, or none that can be taken as it is written. */
export async function readListedAs(
  store: Store,
  text: string,
  nowUs: number,
  options?: SelectOptions,
): Promise<ListedCall | undefined> {
  const rows = await store.select<Raw>(`SELECT ${ROW} FROM calls WHERE id = {text:String}`, { text }, options);
  return callsOf(rows, nowUs).get(text);
}

/** The calls of these legs, as far as they can be taken as they are written. */
export async function readListed(
  store: Store,
  nodes: readonly NodeKey[],
  nowUs: number,
  options?: SelectOptions,
): Promise<Map<NodeKey, ListedCall>> {
  if (nodes.length === 0) return new Map();
  const rows = await store.select<Raw>(
    `SELECT ${ROW} FROM calls WHERE id IN {texts:Array(String)}`,
    { texts: nodes.map(nodeText) },
    options,
  );
  const named = callsOf(rows, nowUs);
  const found = new Map<NodeKey, ListedCall>();
  // Dialogs without channels are the same call from each of them: the other leg of a call that is named after one of these
  // needs no label.
  const plain = new Map<string, ListedCall>();
  for (const call of named.values()) {
    if (call.summary.channelUuids.length === 0) for (const text of call.texts) plain.set(text, call);
  }
  for (const node of nodes) {
    const call = named.get(nodeText(node)) ?? plain.get(nodeText(node));
    if (call !== undefined) found.set(node, call);
  }
  const rest = nodes.filter((node) => !found.has(node));
  for (const [node, call] of await readLabelled(store, rest, nowUs, options)) found.set(node, call);
  return found;
}

/** The calls of legs that another leg gave the name. */
export async function readLabelled(
  store: Store,
  nodes: readonly NodeKey[],
  nowUs: number,
  options?: SelectOptions,
): Promise<Map<NodeKey, ListedCall>> {
  const found = new Map<NodeKey, ListedCall>();
  if (nodes.length === 0) return found;
  const label =
    'SELECT node, argMax(call, version) AS call FROM labels WHERE node IN {nodes:Array(String)} GROUP BY node';
  const [labels, rows] = await Promise.all([
    store.select<{ node: NodeKey; call: string }>(label, { nodes }, options),
    store.select<Raw>(`SELECT ${ROW} FROM calls WHERE id IN (SELECT call FROM (${label}))`, { nodes }, options),
  ]);
  const calls = callsOf(rows, nowUs);
  for (const { node, call: id } of labels) {
    const call = calls.get(id);
    // An agent's leg belongs to the call of each of its callers, and the row of one of them need not tell of it.
    if (call?.texts.includes(nodeText(node)) === true) found.set(node, call);
  }
  return found;
}

/** By id, the newest row of each. */
function callsOf(rows: readonly Raw[], nowUs: number): Map<string, ListedCall> {
  const newest = new Map<string, Raw>();
  for (const row of rows) {
    const id = String(row.id);
    if (Number(row.version) >= Number(newest.get(id)?.version ?? -1)) newest.set(id, row);
  }
  const calls = new Map<string, ListedCall>();
  for (const [id, row] of newest) {
    const over = Number(row.gone) === 0 && row.outcome !== 'in_progress' && Number(row.until_us) < nowUs - QUIET_US;
    if (over) calls.set(id, callOf(row));
  }
  return calls;
}

function callOf(row: Raw): ListedCall {
  const text = (column: string): string => String(row[column] ?? '');
  const number = (column: string): number => Number(row[column] ?? 0);
  const time = (column: string): number | undefined => number(`${column}_us`) || undefined;
  const lines = (column: string): string[] => (text(column) === '' ? [] : text(column).split('\n'));
  const startedUs = number('since_us');
  const [ringingUs, answeredUs, endedUs] = [time('ringing'), time('answered'), time('ended')];
  const [callIds, channelUuids] = [lines('call_ids'), lines('channels')];
  return {
    startedUs,
    lastUs: number('until_us'),
    texts: [...callIds, ...channelUuids],
    summary: {
      id: text('id'),
      method: text('method'),
      callIds,
      channelUuids,
      from: { number: text('from_number'), name: text('from_name') },
      to: { number: text('to_number'), name: text('to_name') },
      startedAt: isoOf(startedUs),
      answeredAt: maybeIso(answeredUs),
      endedAt: maybeIso(endedUs),
      ...durationsOf({
        startedUs,
        ...(ringingUs === undefined ? {} : { ringingUs }),
        ...(answeredUs === undefined ? {} : { answeredUs }),
        ...(endedUs === undefined ? {} : { endedUs }),
      }),
      outcome: text('outcome') as CallSummary['outcome'],
      attempts: { total: number('attempts'), failed: number('failed_attempts') },
      finalStatus: number('final_status') || null,
      hangupCause: text('hangup_cause') || null,
      hungUpBy: (text('hung_up_by') || null) as CallSummary['hungUpBy'],
      nodes: lines('nodes'),
      tenant: text('tenant') || null,
      truncated: number('truncated') === 1,
      legCount: number('legs'),
    },
  };
}
