/**
 * The columns that are written, in order, with the form they have in RowBinary. The tables themselves are made by
 * migrations/*.sql; test/core/store/contract.ts holds both against each other.
 */

/**
 * 'id' is FixedString(8) given as 16 hex digits; 'time' is DateTime64(6) given as epoch µs; 'ip' is IPv6 given as text of
 * either family, "" standing for all zero.
 */
export type ColumnType = 'id' | 'time' | 'ip' | 'u8' | 'u16' | 'u32' | 'u64' | 'string' | 'bytes';

export const TABLES = {
  messages: {
    id: 'id',
    at: 'time',
    arrived: 'time',
    sensor: 'string',
    protocol: 'u8',
    transport: 'string',
    src_ip: 'ip',
    src_port: 'u16',
    dst_ip: 'ip',
    dst_port: 'u16',
    call_id: 'string',
    method: 'string',
    status: 'u16',
    cseq: 'u32',
    cseq_method: 'string',
    correlation_id: 'string',
    reason: 'string',
    payload: 'bytes',
  },
  events: {
    id: 'id',
    at: 'time',
    arrived: 'time',
    origin: 'string',
    node: 'string',
    core_uuid: 'string',
    sequence: 'u64',
    name: 'string',
    subclass: 'string',
    channel: 'string',
    backfill: 'u8',
    whole: 'u8',
    base: 'id',
    recipe: 'string',
    headers: 'bytes',
  },
  logs: {
    id: 'id',
    at: 'time',
    arrived: 'time',
    node: 'string',
    channel: 'string',
    call_id: 'string',
    level: 'u8',
    file: 'string',
    func: 'string',
    line: 'u32',
    seq: 'u64',
    text: 'string',
  },
  gaps: {
    id: 'id',
    at: 'time',
    arrived: 'time',
    node: 'string',
    stream: 'string',
    since: 'time',
    until: 'time',
    reason: 'string',
  },
  unreadable: {
    id: 'id',
    at: 'time',
    arrived: 'time',
    source: 'string',
    peer: 'string',
    reason: 'string',
    bytes: 'bytes',
  },
  edges: {
    node: 'string',
    peer: 'string',
    kind: 'string',
    tier: 'string',
    why: 'string',
    forward: 'u8',
    since: 'time',
    until: 'time',
    arrived: 'time',
    evidence: 'string',
  },
  identifiers: {
    kind: 'string',
    value: 'string',
    node: 'string',
    roles: 'u16',
    since: 'time',
    until: 'time',
    arrived: 'time',
  },
  births: {
    to_key: 'string',
    at: 'time',
    arrived: 'time',
    node: 'string',
    switch: 'string',
    direction: 'string',
    from_key: 'string',
    parent: 'string',
    evidence: 'string',
  },
  feed: { arrived: 'time', kind: 'string', node: 'string', since: 'time', until: 'time', line: 'string' },
  labels: { node: 'string', call: 'string', version: 'u64', arrived: 'time' },
  calls: {
    id: 'string',
    since: 'time',
    until: 'time',
    arrived: 'time',
    method: 'string',
    answered: 'time',
    ended: 'time',
    from_number: 'string',
    to_number: 'string',
    outcome: 'string',
    final_status: 'u16',
    hangup_cause: 'string',
    tenant: 'string',
    line: 'string',
    gone: 'u8',
    version: 'u64',
  },
  endings: { until: 'time', node: 'string', since: 'time', arrived: 'time' },
  linker: { name: 'string', linked_until: 'time', version: 'u64', arrived: 'time' },
  outcomes: {
    minute: 'u32',
    arrived: 'time',
    tenant: 'string',
    trunk: 'string',
    node: 'string',
    sensors: 'string',
    direction: 'string',
    class: 'string',
    code: 'string',
    cause: 'string',
    prefix: 'string',
    stage: 'string',
    root: 'u8',
    attempts: 'u32',
    samples: 'string',
  },
  registrations: {
    minute: 'u32',
    arrived: 'time',
    tenant: 'string',
    node: 'string',
    code: 'string',
    result: 'string',
    attempts: 'u32',
  },
  heard: { minute: 'u32', arrived: 'time', kind: 'string', name: 'string', thirds: 'u8' },
  alerts: {
    id: 'id',
    version: 'u64',
    arrived: 'time',
    kind: 'string',
    state: 'string',
    since: 'time',
    opened: 'time',
    closed: 'time',
    body: 'string',
    inputs: 'string',
  },
  detector: { minute: 'u32', arrived: 'time', series: 'string', state: 'string' },
  audit: {
    id: 'id',
    at: 'time',
    arrived: 'time',
    who: 'string',
    via: 'string',
    through: 'string',
    address: 'string',
    action: 'string',
    about: 'string',
    numbers: 'string',
    reason: 'string',
    status: 'u16',
  },
  privacy_jobs: {
    id: 'id',
    version: 'u64',
    arrived: 'time',
    asked: 'time',
    state: 'string',
    who: 'string',
    reason: 'string',
    number: 'string',
    nodes: 'string',
    legs: 'u32',
    rows: 'u64',
    message: 'string',
  },
  holds: {
    call: 'string',
    version: 'u64',
    arrived: 'time',
    since: 'time',
    who: 'string',
    reason: 'string',
    nodes: 'string',
    released: 'u8',
  },
  hosts: { address: 'string', name: 'string', source: 'string', until: 'time', arrived: 'time' },
  leases: { name: 'string', holder: 'string', state: 'string', term: 'u64', beat: 'u64', arrived: 'time' },
  counted: { token: 'string', arrived: 'time', names: 'bytes', counts: 'string' },
} as const satisfies Record<string, Record<string, ColumnType>>;

export type TableName = keyof typeof TABLES;

interface ColumnValue {
  id: string;
  time: number;
  ip: string;
  u8: number;
  u16: number;
  u32: number;
  u64: number;
  string: string;
  bytes: Uint8Array;
}

/** What one row of a table looks like in code. */
export type Row<T extends TableName> = {
  readonly [C in keyof (typeof TABLES)[T]]: (typeof TABLES)[T][C] extends ColumnType
    ? ColumnValue[(typeof TABLES)[T][C]]
    : never;
};
