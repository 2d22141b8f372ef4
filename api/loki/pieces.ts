import { type Cells, numberOf, textOf } from '../../core/call/read/cells.ts';
import { TENANT } from '../../core/call/read/tenants.ts';
import { channelNode } from '../../core/model/edge.ts';
import { Params } from './conditions.ts';
import { readSpoken } from './label-legs.ts';
import { type Plan, windowSql } from './lines.ts';
import type { Place } from './places.ts';
import { refused } from './refusal.ts';
import { rowsOf } from './seen.ts';
import type { RangeFunction } from './syntax.ts';

/** Groups times pieces of time that one answer may hold. */
const MAX_ROWS = 200_000;

/** Labels that are told by the leg of a line. */
const LEGS: ReadonlySet<string> = new Set(['call_id', 'callid', 'tenant']);

/** What the lines of one piece of time and one set of labels come to. */
export interface Piece {
  readonly metric: Readonly<Record<string, string>>;
  readonly piece: number;
  readonly value: number;
}

/** Lines of one place, counted (or measured) by the engine: piece 0 begins at `beginNs`, which is open. */
export async function readPieces(
  plan: Plan,
  place: Place,
  fn: RangeFunction,
  labels: readonly string[],
  { beginNs, lastNs, pieceNs }: { readonly beginNs: bigint; readonly lastNs: bigint; readonly pieceNs: bigint },
): Promise<Piece[]> {
  const { query, scope, store, options } = plan;
  const params = new Params();
  const dropped = (label: string): boolean =>
    query.stages.some(
      (stage) =>
        (stage.kind === 'drop' && stage.choices.some((one) => one.label === label)) ||
        (stage.kind === 'keep' && !stage.choices.some((one) => one.label === label)),
    );
  const ofLeg = new Set(labels.filter((label) => LEGS.has(label) && !dropped(label)));
  const plain = labels.filter((label) => !LEGS.has(label));
  // Windows are open at their beginning and closed at their end, to the µs that rows have.
  const window = { since: Math.max(0, Number(beginNs / 1000n) + 1), until: Math.max(0, Number(lastNs / 1000n) + 1) };
  const { where, labelOf } = rowsOf(plan, place, windowSql(window, params), params);
  const begin = params.bind(Number(beginNs / 1000n), 'Int64');
  const length = params.bind(String(pieceNs), 'Int64');
  const bytes = fn === 'bytes_over_time' || fn === 'bytes_rate';
  const tenants = ofLeg.has('tenant');
  const columns = [
    `intDiv((toUnixTimestamp64Micro(at) - ${begin}) * 1000 - 1, ${length}) AS piece`,
    ...plain.map((label, i) => `${labelOf(label)} AS g${i}`),
    ...(ofLeg.has('call_id') || ofLeg.has('callid')
      ? [`${place.callId} AS own_call_id`, `${place.channel} AS own_channel`]
      : []),
    ...(tenants ? [`${place.node} AS leg`] : []),
  ];
  const names = columns.map((column) => column.slice(column.lastIndexOf(' AS ') + 4));
  // A row that was delivered twice stands twice until the engine merges it away. Of a call each is counted once; of all
  // there is, telling them apart would take the memory of all there is.
  const once = scope.named ? 'LIMIT 1 BY row_id' : '';
  const inner = `SELECT ${columns.join(', ')}${scope.named ? ', id AS row_id' : ''}${bytes ? `, length(${place.text}) AS size` : ''}
    FROM ${place.table} WHERE ${where} ${once}`;
  const groups = names.map((name) => (name === 'leg' ? 'tenants.tenant' : name));
  const sql = `SELECT ${groups.map((name, i) => `${name} AS ${name === 'tenants.tenant' ? 'of_tenant' : names[i]}`).join(', ')},
      ${bytes ? 'sum(size)' : 'count()'} AS value
    FROM (${inner}) AS rows
    ${tenants ? `ANY LEFT JOIN (SELECT node, ${TENANT} AS tenant FROM edges WHERE kind = 'tenant' GROUP BY node) AS tenants ON tenants.node = rows.leg` : ''}
    GROUP BY ${groups.map((name) => (name === 'tenants.tenant' ? 'of_tenant' : name)).join(', ')}
    LIMIT ${params.bind(MAX_ROWS + 1, 'UInt32')}`;
  const rows = await store.select<Cells>(sql, params.values, options);
  if (rows.length > MAX_ROWS) {
    throw refused(`the query counts more than ${MAX_ROWS} groups; group by fewer labels, or take a longer step`);
  }
  const spoken = await readSpoken(
    store,
    [...new Set(rows.map((row) => textOf(row, 'own_channel')).filter(Boolean))].map(channelNode),
    options,
  );
  return rows.map((row) => {
    const callId = textOf(row, 'own_call_id') || (spoken.get(textOf(row, 'own_channel')) ?? '');
    const metric: Record<string, string> = {};
    for (const [i, label] of plain.entries()) if (textOf(row, `g${i}`) !== '') metric[label] = textOf(row, `g${i}`);
    for (const label of ['call_id', 'callid']) if (ofLeg.has(label) && callId !== '') metric[label] = callId;
    if (tenants && textOf(row, 'of_tenant') !== '') metric.tenant = textOf(row, 'of_tenant');
    return { metric, piece: numberOf(row, 'piece'), value: numberOf(row, 'value') };
  });
}
