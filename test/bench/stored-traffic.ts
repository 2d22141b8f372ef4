import { packCallLine } from '../../core/call/call-line.ts';
import { type ColumnType, TABLES, type TableName } from '../../core/store/tables.ts';
import {
  atSql,
  callIdSql,
  dialogsOf,
  fromNumberSql,
  hasSecondLegSql,
  MESSAGES_PER_DIALOG,
  messageColumns,
  siteValueSql,
  type Traffic,
  toNumberSql,
} from './traffic-sql.ts';

/**
 * The rows that the writer and the linker make of the traffic in traffic-sql.ts, table by table, made inside the engine:
 * nothing of it went through the collector. Beside the calls lie events and log lines of channels that none of them has,
 * as a store without any would be easier to ask.
 */

/** The columns of one table as expressions over `number` and what `from` adds to it. */
interface Filling {
  readonly table: TableName;
  /** Rows of this source for so much traffic. */
  rowsOf(traffic: Traffic): number;
  /** Makes `d`, `at_us` and whatever else the columns use out of numbers(from, count). */
  source(traffic: Traffic, numbers: string): string;
  columns(traffic: Traffic): Readonly<Record<string, string>>;
}

const time = (us: string): string => `fromUnixTimestamp64Micro(${us})`;
const node = (dialog: string): string => `concat('c:', ${callIdSql(dialog)})`;
const evidence = `concat(leftPad(toString(at_us), 16, '0'), ' messages ', lower(hex(sipHash64(d, toUInt64(0), 'id'))))`;

const perDialog = (traffic: Traffic, numbers: string, more = ''): string =>
  `(SELECT number AS d, ${atSql('d', '0', traffic)} AS at_us${more} FROM ${numbers})`;

/** The second dialog of a call that has two; the first one is the one before it. */
const IS_SECOND = 'd % 5 = 4';
const END = 'at_us + 64020000';

const MESSAGES: Filling = {
  table: 'messages',
  rowsOf: ({ messages }) => messages,
  source: (traffic, numbers) =>
    `(SELECT intDiv(number, ${MESSAGES_PER_DIALOG}) AS d, number % ${MESSAGES_PER_DIALOG} AS k, ${atSql('d', 'k', traffic)} AS at_us FROM ${numbers})`,
  columns: messageColumns,
};

const IDENTIFIERS: Filling = {
  table: 'identifiers',
  rowsOf: dialogsOf,
  source: (traffic, numbers) => {
    const numbersOf = [fromNumberSql('d', traffic), toNumberSql('d')];
    const terms = [
      ...('role' in TABLES.identifiers ? numbersOf.map((digits) => `('number', ${digits})`) : []),
      ...numbersOf.map((digits) => `('number_reversed', reverse(${digits}))`),
      `('name', concat('subscriber ', toString(d % 1000)))`,
      `('ip', concat('198.51.100.', toString(d % 200)))`,
      `('ip', concat('203.0.113.', toString(sipHash64(d, 'gw') % 20)))`,
    ];
    return perDialog(traffic, numbers, `, arrayJoin([${terms.join(', ')}]) AS term`);
  },
  columns: () => ({
    kind: 'term.1',
    value: 'term.2',
    node: node('d'),
    role: `'from'`,
    roles: '1',
    since: time('at_us'),
    until: time('at_us'),
    arrived: time('at_us'),
  }),
};

const EDGES: Filling = {
  table: 'edges',
  rowsOf: dialogsOf,
  source: (traffic, numbers) =>
    `(SELECT *, arrayJoin([1, 0]) AS forward FROM ${perDialog(traffic, numbers)} WHERE ${hasSecondLegSql('d')})`,
  columns: () => {
    const value = `concat('v:', ${siteValueSql('d')})`;
    return {
      node: `if(forward = 1, ${value}, ${node('d')})`,
      peer: `if(forward = 1, ${node('d')}, ${value})`,
      kind: `'merge'`,
      tier: `'protocol'`,
      why: `'site_header'`,
      forward: 'forward',
      since: time('at_us'),
      until: time('at_us'),
      arrived: time('at_us'),
      evidence,
    };
  },
};

const LABELS: Filling = {
  table: 'labels',
  rowsOf: dialogsOf,
  source: (traffic, numbers) => `(SELECT * FROM ${perDialog(traffic, numbers)} WHERE ${IS_SECOND})`,
  columns: () => ({ node: node('d'), call: callIdSql('(d - 1)'), version: '1', arrived: time('at_us') }),
};

const CALLS: Filling = {
  table: 'calls',
  rowsOf: dialogsOf,
  source: (traffic, numbers) => `(SELECT * FROM ${perDialog(traffic, numbers)} WHERE NOT ${IS_SECOND})`,
  columns: (traffic) => {
    return {
      id: callIdSql('d'),
      since: time('at_us'),
      until: time(END),
      arrived: time('at_us'),
      method: `'INVITE'`,
      answered: time('at_us + 9400000'),
      ended: time('at_us + 64000000'),
      from_number: fromNumberSql('d', traffic),
      to_number: toNumberSql('d'),
      outcome: `'answered'`,
      final_status: '200',
      hangup_cause: `''`,
      tenant: `''`,
      line: lineSql(traffic),
      gone: '0',
      version: '1',
    };
  },
};

const ENDINGS: Filling = {
  table: 'endings',
  rowsOf: dialogsOf,
  source: (traffic, numbers) => `(SELECT * FROM ${perDialog(traffic, numbers)} WHERE NOT ${IS_SECOND})`,
  columns: () => ({ until: time(END), node: node('d'), since: time('at_us'), arrived: time('at_us') }),
};

/** As core/call/call-line.ts packs it, with what differs between calls put in by the engine. */
function lineSql(traffic: Traffic): string {
  const pack = (callIds: readonly string[]): string =>
    packCallLine({
      id: 'own',
      startedUs: 0,
      untilUs: 64_020_000,
      ringingUs: 2_150_000,
      answeredUs: 9_400_000,
      endedUs: 64_000_000,
      method: 'INVITE',
      from: { number: '{from}', name: '{name}' },
      to: { number: '{to}', name: '' },
      outcome: 'answered',
      finalStatus: 200,
      hungUpBy: 'caller',
      attempts: { total: 0, failed: 0 },
      legs: callIds.length,
      callIds,
      channelUuids: [],
      nodes: ['{node}'],
      truncated: false,
    }).replace('[0,', '[{since},');
  const values = {
    since: 'toString(at_us)',
    second: callIdSql('(d + 1)'),
    from: fromNumberSql('d', traffic),
    name: `concat('Subscriber ', toString(d % 1000))`,
    to: toNumberSql('d'),
    node: `['edge1', 'edge2', 'fs1', 'fs2'][d % 4 + 1]`,
  };
  const filled = (text: string): string =>
    `concat('${text.replace(/\{(\w+)\}/g, (_, name: keyof typeof values) => `', ${values[name]}, '`)}')`;
  return `if(d % 5 = 3, ${filled(pack(['own', '{second}']))}, ${filled(pack(['own']))})`;
}

const LOGS: Filling = {
  table: 'logs',
  rowsOf: ({ messages }) => Math.ceil(messages / 10),
  source: (traffic, numbers) =>
    `(SELECT number AS d, ${atSql('intDiv(number * 10, 7)', '0', traffic)} AS at_us FROM ${numbers})`,
  columns: () => ({
    channel: `toString(reinterpretAsUUID(sipHash128(intDiv(d, 20), 'channel')))`,
    text: `concat('2025-10-01 [DEBUG] switch_core_state_machine.c:581 State ', toString(d % 100))`,
    node: `'fs9'`,
    level: '7',
  }),
};

const EVENTS: Filling = {
  table: 'events',
  rowsOf: ({ messages }) => Math.ceil(messages / 50),
  source: (traffic, numbers) =>
    `(SELECT number AS d, ${atSql('intDiv(number * 50, 7)', '0', traffic)} AS at_us FROM ${numbers})`,
  columns: () => ({
    channel: `toString(reinterpretAsUUID(sipHash128(intDiv(d, 20), 'channel')))`,
    name: `'CHANNEL_STATE'`,
    origin: `'freeswitch'`,
    node: `'fs9'`,
    headers: `'{}'`,
    whole: '1',
  }),
};

const HOSTS: Filling = {
  table: 'hosts',
  rowsOf: () => 20,
  source: (traffic, numbers) => perDialog(traffic, numbers),
  columns: () => ({
    address: `concat('203.0.113.', toString(d))`,
    name: `concat('gw', toString(d))`,
    source: `'esl'`,
    until: time('at_us'),
    arrived: time('at_us'),
  }),
};

export const FILLINGS: readonly Filling[] = [MESSAGES, IDENTIFIERS, EDGES, LABELS, CALLS, ENDINGS, LOGS, EVENTS, HOSTS];

const NOTHING: Partial<Record<ColumnType, string>> = { string: `''`, bytes: `''`, time: time('at_us') };
const idSql = `reinterpretAsFixedString(sipHash64(d, 'row'))`;

/** An INSERT of rows `from` to `from + count`; columns that nothing is said of are empty. */
export function insertSql({ table, source, columns }: Filling, traffic: Traffic, from: number, count: number): string {
  const known = columns(traffic);
  const types = Object.entries<ColumnType>(TABLES[table]);
  const values = types.map(([name, type]) => known[name] ?? (type === 'id' ? idSql : (NOTHING[type] ?? '0')));
  return `INSERT INTO ${table} (${types.map(([name]) => name).join(', ')}) SELECT ${values.join(', ')} FROM ${source(traffic, `numbers(${from}, ${count})`)}`;
}
