import { type Cells, numberOf, textOf } from '../../core/call/read/cells.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import { readSip } from '../../core/sip/read.ts';
import { type SelectOptions, type Store, StoreError } from '../../core/store/store.ts';
import { hideLabel, hideLines } from '../privacy/log-lines.ts';
import { type MatchesEmpty, Params } from './conditions.ts';
import { type LegLabels, labelLegs } from './label-legs.ts';
import type { LegReader } from './legs.ts';
import { PLACES, type Place } from './places.ts';
import { microsOf, piecesOf, type Window } from './read-times.ts';
import { refused } from './refusal.ts';
import type { Scope } from './scope.ts';
import { rowsOf } from './seen.ts';
import type { LogQuery, Stage } from './syntax.ts';

type Labels = Readonly<Record<string, string>>;

/** One line of the axis. */
export interface Line {
  readonly id: string;
  readonly atUs: number;
  readonly text: string;
  readonly stream: Labels;
  readonly metadata: Labels;
}

/** A query that has been read, checked and whose legs have been looked up. */
export interface Plan {
  readonly query: LogQuery;
  /** What lines must say as they are shown, beside what the query asks the store for. */
  readonly isWanted?: (shown: string) => boolean;
  readonly scope: Scope;
  readonly matchesEmpty: MatchesEmpty;
  readonly legs: LegReader;
  readonly store: Store;
  readonly options: SelectOptions;
}

export interface Wanted {
  readonly window: Window;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
}

/** Lines of all places that match, in the order of the direction, at most `limit`. */
export async function readLines(plan: Plan, wanted: Wanted): Promise<Line[]> {
  if (plan.isWanted === undefined) return (await readStored(plan, wanted)).lines;
  const { lines, read } = await readStored(plan, { ...wanted, limit: MAX_READ });
  if (lines.length < wanted.limit && read === MAX_READ) {
    throw refused(
      `more than ${MAX_READ} lines must be read for their text to be looked at as it is shown to you: name a call or a number, or take a shorter time`,
    );
  }
  return lines.slice(0, wanted.limit);
}

/** Lines that are read to be looked at one by one. */
const MAX_READ = 5000;

/** @returns also how many were read, some of which may not be wanted */
async function readStored(plan: Plan, wanted: Wanted): Promise<{ readonly lines: Line[]; readonly read: number }> {
  const { limit } = wanted;
  // What names its legs is found by them, whatever the time.
  const windows = plan.scope.named ? [wanted.window] : piecesOf(wanted.window, wanted.direction);
  const untilMs = performance.now() + SECONDS * 1000;
  const rows: Row[] = [];
  for (const window of windows) {
    const maxSeconds = Math.ceil((untilMs - performance.now()) / 1000);
    if (maxSeconds <= 0) throw new StoreError('timeout', `no answer within ${SECONDS} s`);
    rows.push(...(await readWindow({ ...plan, options: { ...plan.options, maxSeconds } }, { ...wanted, window })));
    if (rows.length >= limit) break;
  }
  const read = rows.slice(0, limit);
  return { lines: await linesOf(plan, read), read: read.length };
}

/** All pieces together, as one question. */
const SECONDS = 10;

async function readWindow(plan: Plan, { window, limit, direction }: Wanted): Promise<Row[]> {
  const order = direction === 'forward' ? 'ASC' : 'DESC';
  const found = await Promise.all(
    PLACES.filter((place) => !plan.scope.isEmpty(place)).map((place) =>
      readRows(plan, place, rowsSql(plan, place, window, order, limit)),
    ),
  );
  const sign = direction === 'forward' ? 1 : -1;
  return found
    .flat()
    .sort((a, b) => sign * (a.atUs - b.atUs) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .slice(0, limit);
}

/** A row before its leg is labelled. */
export interface Row {
  readonly id: string;
  readonly atUs: number;
  readonly text: string;
  readonly callId: string;
  readonly channel: string;
  readonly labels: Labels;
}

interface Statement {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const KEYS = {
  messages: 'call_id, at, id',
  events: 'channel, at, id',
  logs: 'channel, call_id, at, id',
} as const;

/** The time of a window as SQL. Each part knows its first and its last moment, so others than those of the window are not opened. */
export function windowSql(
  { since, until }: { readonly since: number; readonly until: number },
  params: Params,
): string {
  const at = (us: number): string => `fromUnixTimestamp64Micro(${params.bind(us, 'Int64')})`;
  return `at >= ${at(since)} AND at < ${at(until)}`;
}

/** Rows of a call lie together; others are found by time first, so that only those that are shown are read as a whole. */
function rowsSql(plan: Plan, place: Place, window: Window, order: 'ASC' | 'DESC', limit: number): Statement {
  const params = new Params();
  const { where: all } = rowsOf(plan, place, windowSql(microsOf(window), params), params);
  const keys = KEYS[place.table];
  // A row that was delivered twice may stand there twice.
  const matching = plan.scope.named
    ? all
    : `(${keys}) IN (SELECT ${keys} FROM ${place.table} WHERE ${all}
         ORDER BY at ${order}, id LIMIT ${params.bind(limit * 2, 'UInt32')})`;
  const sql = `SELECT ${columnsOf(place)} FROM ${place.table} WHERE ${matching}
    ORDER BY at ${order}, id${place.table === 'events' ? ', whole DESC' : ''}
    LIMIT 1 BY id LIMIT ${params.bind(limit, 'UInt32')}`;
  return { sql, params: params.values };
}

/**
 * The parties of a message that is shown are read from its bytes by the reader of SIP, which is quicker than the engine's
 * patterns; these are for what is filtered and counted, and find the same (test/api/loki).
 */
const isReadHere = (table: Place['table'], label: string): boolean =>
  table === 'messages' && (label === 'from_user' || label === 'to_user');

export function columnsOf({ table, text, callId, channel, labels }: Place): string {
  const shown = table === 'messages' ? 'base64Encode(payload)' : text;
  const all = Object.entries(labels)
    .filter(([label]) => !isReadHere(table, label))
    .map(([label, expression]) => `${expression} AS l_${label}`);
  return `lower(hex(id)) AS key, toUnixTimestamp64Micro(at) AS at_us, ${shown} AS shown, ${callId} AS own_call_id,
    ${channel} AS own_channel, ${all.join(', ')}`;
}

export async function readRows(
  { store, options }: Pick<Plan, 'store' | 'options'>,
  place: Place,
  { sql, params }: Statement,
): Promise<Row[]> {
  const cells = await store.select<Cells>(sql, params, options);
  return cells.map((row) => {
    const shown = textOf(row, 'shown');
    const bytes = place.table === 'messages' ? Buffer.from(shown, 'base64') : undefined;
    const labels: Record<string, string> = {};
    for (const label of Object.keys(place.labels)) {
      const value = textOf(row, `l_${label}`);
      if (value !== '') labels[label] = value;
    }
    if (bytes !== undefined && labels.source === 'sip') {
      const { from, to } = readSip(bytes);
      if (from.user !== '') labels.from_user = from.user;
      if (to.user !== '') labels.to_user = to.user;
    }
    return {
      id: textOf(row, 'key'),
      atUs: numberOf(row, 'at_us'),
      text: bytes?.toString('utf8') ?? shown.replace(/[\r\n]+$/, ''),
      callId: textOf(row, 'own_call_id'),
      channel: textOf(row, 'own_channel'),
      labels,
    };
  });
}

/** Rows with what is known of their legs, and without what the query drops. */
export async function linesOf({ query, isWanted, legs, store, options }: Plan, rows: readonly Row[]): Promise<Line[]> {
  await legs.traced();
  const ofLeg = await labelLegs(rows, legs.known, store, options);
  const lines = rows.map((row) => ({ id: row.id, atUs: row.atUs, text: row.text, ...labelsOf(row, ofLeg(row)) }));
  return (await hideLines(store, lines, options))
    .filter(({ text }) => isWanted?.(text) ?? true)
    .map(({ stream, metadata, ...line }) => ({
      ...line,
      stream: shownLabels(stream, query.stages, options),
      metadata: shownLabels(metadata, query.stages, options),
    }));
}

function labelsOf({ labels }: Row, { callId, tenant, traceId }: LegLabels): { stream: Labels; metadata: Labels } {
  const { source = '', host = '', ...rest } = labels;
  const stream = filled({ call_id: callId, source, host, tenant });
  return { stream, metadata: filled({ ...rest, callid: callId, hostname: host, node: host, trace_id: traceId }) };
}

const filled = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));

/** As drop and keep leave them, one after the other. */
function shownLabels(labels: Labels, stages: readonly Stage[], options: SelectOptions): Labels {
  let shown = Object.entries(labels);
  const hidden = hiddenOf(options);
  for (const stage of stages) {
    if (stage.kind !== 'drop' && stage.kind !== 'keep') continue;
    const isChosen = ([label, value]: [string, string]): boolean =>
      stage.choices.some((choice) => {
        const wanted = choice.value ?? value;
        return choice.label === label && (hidden === undefined ? wanted : hideLabel(label, wanted, hidden)) === value;
      });
    shown = shown.filter((one) => isChosen(one) === (stage.kind === 'keep'));
  }
  return Object.fromEntries(shown);
}
