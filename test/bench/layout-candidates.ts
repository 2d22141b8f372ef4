import {
  atSql,
  callIdSql,
  dialogSql,
  dialogsOf,
  fromNumberSql,
  MESSAGES_PER_DIALOG,
  messagesSql,
  type Traffic,
  toNumberSql,
} from './traffic-sql.ts';

/** One question put to a layout; `prepare` makes its parameters outside of the clock. */
export interface Probe {
  readonly prepare?: string;
  readonly params?: Record<string, unknown>;
  readonly sql: string;
  readonly atLeast: number;
}

export interface Layout {
  /** Its table, and the beginning of the names of further ones. */
  readonly table: string;
  readonly name: string;
  readonly create: readonly string[];
  readonly nowhere: string;
  /** How many rows or groups of rows are inserted for this traffic. */
  rowsOf(traffic: Traffic): number;
  insert(into: string, traffic: Traffic, from: number, count: number): string;
  probes(traffic: Traffic, dialog: number): Readonly<Record<string, Probe>>;
}

const COLUMNS = {
  id: 'FixedString(8) CODEC(NONE)',
  at: "DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1))",
  arrived: "DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1))",
  sensor: 'LowCardinality(String)',
  protocol: 'UInt8',
  transport: 'LowCardinality(String)',
  src_ip: 'IPv6 CODEC(ZSTD(1))',
  src_port: 'UInt16 CODEC(ZSTD(1))',
  dst_ip: 'IPv6 CODEC(ZSTD(1))',
  dst_port: 'UInt16 CODEC(ZSTD(1))',
  call_id: 'String CODEC(ZSTD(1))',
  method: 'LowCardinality(String)',
  status: 'UInt16 CODEC(ZSTD(1))',
  cseq: 'UInt32 CODEC(ZSTD(1))',
  cseq_method: 'LowCardinality(String)',
  correlation_id: 'String CODEC(ZSTD(1))',
  reason: 'LowCardinality(String)',
  payload: 'String CODEC(ZSTD(1))',
} as const;
const NAMES = Object.keys(COLUMNS);
const LIST = Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');
const OUTLINE = NAMES.filter((name) => name !== 'payload').join(', ');

/** The messages as they came, from which every layout is filled: making them costs more than storing them. */
export const SOURCE = {
  create: `CREATE TABLE source (n UInt64, ${LIST.replaceAll(/ CODEC\((?:[^()]|\([^)]*\))*\)/g, '')}) ENGINE = MergeTree ORDER BY n`,
  insert: (traffic: Traffic, from: number, count: number): string =>
    `INSERT INTO source (n, ${NAMES.join(', ')}) ${messagesSql(traffic, ['n', ...NAMES], from, count)}`,
};

interface MessageLayout {
  readonly table: string;
  readonly name: string;
  readonly order: string;
  readonly settings?: string;
  readonly index?: string;
  /** A second table that says when a Call-ID was heard. */
  readonly narrow?: boolean;
}

function messageLayout({ table, name, order, settings = '', index = '', narrow = false }: MessageLayout): Layout {
  const lookUp = (columns: string, where: string): string =>
    `SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY at, id LIMIT 1 BY call_id, at, id LIMIT 10000`;
  const times = `at >= (SELECT min(since) FROM ${table}_times WHERE call_id IN {ids:Array(String)}) AND at <= (SELECT max(until) FROM ${table}_times WHERE call_id IN {ids:Array(String)}) AND call_id IN {ids:Array(String)}`;
  const one = narrow ? times : 'call_id IN {ids:Array(String)}';
  return {
    table,
    name,
    create: [
      `CREATE TABLE ${table} (${LIST}${index}) ENGINE = ReplacingMergeTree PARTITION BY toDate(arrived) ORDER BY (${order}) SETTINGS non_replicated_deduplication_window = 1000${settings}`,
      ...(narrow
        ? [
            `CREATE TABLE ${table}_times (call_id String CODEC(ZSTD(1)), since SimpleAggregateFunction(min, DateTime64(6, 'UTC')), until SimpleAggregateFunction(max, DateTime64(6, 'UTC'))) ENGINE = AggregatingMergeTree ORDER BY call_id SETTINGS index_granularity = 256`,
            `CREATE MATERIALIZED VIEW ${table}_times_of TO ${table}_times AS SELECT call_id, min(at) AS since, max(at) AS until FROM ${table} GROUP BY call_id`,
          ]
        : []),
    ],
    nowhere: `CREATE TABLE nothing_messages (${LIST}) ENGINE = Null`,
    rowsOf: ({ messages }) => messages,
    insert: (into, _traffic, from, count) =>
      `INSERT INTO ${into} (${NAMES.join(', ')}) SELECT ${NAMES.join(', ')} FROM source WHERE n >= ${from} AND n < ${from + count}`,
    probes: (traffic, dialog) => {
      const last = dialogsOf(traffic) - 1;
      const many = Array.from({ length: 25 }, (_, i) => Math.max(0, Math.min(last, dialog - i)));
      const apart = Array.from({ length: 25 }, (_, i) => Math.floor((dialog + (i * last) / 25) % last));
      const ids = (dialogs: readonly number[]): string =>
        `SELECT [${dialogs.map((d) => callIdSql(dialogSql(d))).join(', ')}] AS ids`;
      return {
        'outline of a call': { prepare: ids([dialog]), sql: lookUp(OUTLINE, one), atLeast: MESSAGES_PER_DIALOG - 6 },
        'with payload': { prepare: ids([dialog]), sql: lookUp(NAMES.join(', '), one), atLeast: 1 },
        'outline of 25 calls': { prepare: ids(many), sql: lookUp(OUTLINE, one), atLeast: 25 },
        'of 25 at any time': { prepare: ids(apart), sql: lookUp(OUTLINE, one), atLeast: 25 },
      };
    },
  };
}

const byCallId = (table: string, granularity: number, more: Partial<MessageLayout> = {}): Layout =>
  messageLayout({
    table,
    name: `by Call-ID, granules of ${granularity}`,
    order: 'call_id, at, id',
    ...more,
    settings: `, index_granularity = ${granularity}${more.settings ?? ''}`,
  });

const BLOOM = ', INDEX by_call call_id TYPE bloom_filter(0.01) GRANULARITY 1';

/** Small columns of one granule lie beside each other in one file. */
const COMPACT = ', min_bytes_for_wide_part = 1000000000000';

const compact = (table: string, granularity: number, more: Partial<MessageLayout> = {}): Layout =>
  byCallId(table, granularity, {
    name: `by Call-ID, granules of ${granularity}, compact parts`,
    settings: COMPACT,
    ...more,
  });

export const MESSAGE_LAYOUTS: readonly Layout[] = [
  byCallId('c8192', 8192),
  byCallId('c1024', 1024),
  byCallId('c256', 256),
  byCallId('c256b', 256, { name: 'by Call-ID, granules of 256, bloom filter', index: BLOOM }),
  compact('p1024', 1024),
  compact('p512', 512),
  compact('p256', 256),
  compact('p512b', 512, { name: 'by Call-ID, granules of 512, compact parts, bloom filter', index: BLOOM }),
  messageLayout({
    table: 't1024b',
    name: 'by time, granules of 1024, bloom filter',
    order: 'at, id',
    settings: ', index_granularity = 1024',
    index: BLOOM,
  }),
  messageLayout({
    table: 't256n',
    name: 'by time, granules of 256, look-up table',
    order: 'at, id',
    settings: ', index_granularity = 256',
    narrow: true,
  }),
];

/** What is written of a dialog to be found by: its numbers, reversed, and its addresses. */
function identifierRows(traffic: Traffic, dialogs: { from: number; count: number }, columns: string): string {
  const at = `fromUnixTimestamp64Micro(${atSql('d', '0', traffic)})`;
  return `SELECT ${columns} FROM (SELECT number AS d, ${at} AS since,
      arrayJoin([('number_reversed', reverse(${fromNumberSql('d', traffic)})), ('number_reversed', reverse(${toNumberSql('d')})),
        ('name', concat('subscriber ', toString(d % 1000))), ('ip', concat('198.51.100.', toString(d % 200))), ('ip', concat('203.0.113.', toString(sipHash64(d, 'gw') % 20)))]) AS term
    FROM numbers(${dialogs.from}, ${dialogs.count}))`;
}

const TIMES = `since SimpleAggregateFunction(min, DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)), until SimpleAggregateFunction(max, DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)), arrived SimpleAggregateFunction(max, DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1))`;

interface IdentifierLayout {
  readonly table: string;
  readonly name: string;
  readonly tail: string;
}

function identifierLayout({ table, name, tail }: IdentifierLayout): Layout {
  const columns = `kind LowCardinality(String), value String CODEC(ZSTD(1)), node String CODEC(ZSTD(1)), ${TIMES}`;
  const select = `term.1 AS kind, term.2 AS value, concat('c:', ${callIdSql('d')}) AS node, since, since AS until, since AS arrived`;
  const matches = (where: string): string =>
    `SELECT node, toUnixTimestamp64Micro(max(until)) AS until_us FROM ${table} WHERE ${where} GROUP BY node ORDER BY until_us DESC, node LIMIT 2000`;
  return {
    table,
    name,
    create: [`CREATE TABLE ${table} (${columns}) ENGINE = AggregatingMergeTree ${tail}`],
    nowhere: `CREATE TABLE nothing_identifiers (${columns}) ENGINE = Null`,
    rowsOf: dialogsOf,
    insert: (into, traffic, from, count) =>
      `INSERT INTO ${into} (kind, value, node, since, until, arrived) ${identifierRows(traffic, { from, count }, select)}`,
    probes: (_traffic, dialog) => ({
      'number exact': {
        prepare: `SELECT reverse(${toNumberSql(dialogSql(dialog))}) AS v`,
        sql: matches(`kind = 'number_reversed' AND value = {v:String}`),
        atLeast: 1,
      },
      'last 7 digits': {
        prepare: `SELECT substring(reverse(${toNumberSql(dialogSql(dialog))}), 1, 7) AS v`,
        sql: matches(`kind = 'number_reversed' AND startsWith(value, {v:String})`),
        atLeast: 1,
      },
    }),
  };
}

export const IDENTIFIER_LAYOUTS: readonly Layout[] = [
  identifierLayout({
    table: 'i1024',
    name: '(kind, value, node), granules of 1024',
    tail: 'ORDER BY (kind, value, node) SETTINGS index_granularity = 1024',
  }),
  identifierLayout({
    table: 'i256',
    name: '(kind, value, node), granules of 256',
    tail: 'ORDER BY (kind, value, node) SETTINGS index_granularity = 256',
  }),
  identifierLayout({
    table: 'i256d',
    name: '(kind, value, node), granules of 256, by day',
    tail: 'PARTITION BY toDate(arrived) ORDER BY (kind, value, node) SETTINGS index_granularity = 256',
  }),
  identifierLayout({
    table: 'i256m',
    name: '(kind, value, node), granules of 256, by week',
    tail: 'PARTITION BY toMonday(arrived) ORDER BY (kind, value, node) SETTINGS index_granularity = 256',
  }),
];
