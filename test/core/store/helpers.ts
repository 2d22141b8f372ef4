import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../core/runtime/log.ts';
import type { Row, TableName } from '../../../core/store/tables.ts';

/** A directory that is gone with the test. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'calltrail-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface RecordedLog extends Log {
  readonly lines: string[];
}

export function recordedLog(): RecordedLog {
  const lines: string[] = [];
  const add = (level: string) => (message: string) => {
    lines.push(`${level}: ${message}`);
  };
  return { lines, info: add('info'), warn: add('warn'), error: add('error') };
}

export const T0 = 1_700_000_000_000_000;

export function id(n: number): string {
  return n.toString(16).padStart(16, '0');
}

/** A row of `messages` that differs from the next by its number. */
export function message(n: number, change: Partial<Row<'messages'>> = {}): Row<'messages'> {
  return {
    id: id(n),
    at: T0 + n,
    arrived: T0 + n + 7,
    sensor: 'edge1',
    protocol: 1,
    transport: 'udp',
    src_ip: '192.0.2.1',
    src_port: 5060,
    dst_ip: '2001:db8::1',
    dst_port: 65535,
    call_id: `call-${n}@example.com`,
    method: 'INVITE',
    status: 0,
    cseq: 4_294_967_295,
    cseq_method: 'INVITE',
    correlation_id: '',
    reason: '',
    payload: Buffer.from('INVITE sip:bob@example.com SIP/2.0\r\n\r\n'),
    ...change,
  };
}

/** One row of every table, with the ends of every range. */
export const SAMPLES: { readonly [T in TableName]: Row<T> } = {
  messages: message(1),
  events: {
    id: 'ffffffffffffffff',
    at: T0,
    arrived: T0 + 999_999,
    node: 'fs1',
    origin: 'freeswitch',
    core_uuid: '1f2e',
    sequence: Number.MAX_SAFE_INTEGER,
    name: 'CHANNEL_CREATE',
    subclass: '',
    channel: 'c-1',
    backfill: 1,
    whole: 1,
    base: '0000000000000000',
    recipe: '',
    headers: Buffer.from('{"Unique-ID":"c-1","x":"a\\nb"}'),
  },
  logs: {
    id: id(3),
    at: T0,
    arrived: T0,
    node: 'fs1',
    channel: 'c-1',
    call_id: '',
    level: 255,
    file: 'mod_sofia.c',
    func: 'on_invite',
    line: 4711,
    seq: 0,
    text: 'one\n\ntwo\tthree \\ \'four\' "five" ; DROP TABLE logs; -- grüße 📞\0end',
  },
  gaps: {
    id: id(4),
    at: T0,
    arrived: T0 + 1,
    node: 'fs1',
    stream: 'events',
    since: T0 - 5_000_000,
    until: T0,
    reason: 'disconnected',
  },
  unreadable: {
    id: id(5),
    at: 0,
    arrived: T0,
    source: 'hep-udp',
    peer: '[::1]',
    reason: 'short',
    bytes: Buffer.alloc(0),
  },
  edges: {
    node: 'call-id a',
    peer: 'channel b',
    kind: 'leg',
    tier: 'switch',
    why: 'sip_call_id',
    forward: 1,
    since: T0,
    until: T0 + 1,
    arrived: T0 + 2,
    evidence: `${T0} events ${id(2)}`,
  },
  identifiers: {
    kind: 'number',
    value: '4930123456',
    node: 'call-id a',
    roles: 1,
    since: T0,
    until: T0 + 1,
    arrived: T0 + 2,
  },
  births: {
    to_key: '8889999',
    at: T0,
    arrived: T0,
    node: 'c:a@h',
    switch: '',
    direction: '',
    from_key: '5550101',
    parent: '',
    evidence: `${T0} messages 0000000000000001`,
  },
  feed: { arrived: T0, kind: 'dialog', node: 'c:a@h', since: T0, until: T0 + 5, line: '[0,"é"]' },
  labels: { node: 'c:b@h', call: 'a@h', version: 7, arrived: T0 },
  calls: {
    id: 'a@h',
    since: T0,
    until: T0 + 1,
    arrived: T0,
    method: 'INVITE',
    answered: 0,
    ended: T0 + 3,
    from_number: '1001',
    to_number: '1002',
    outcome: 'answered',
    final_status: 200,
    hangup_cause: 'NORMAL_CLEARING',
    tenant: 'acme',
    line: '["Alice "A" Müller"]',
    gone: 0,
    version: 7,
  },
  endings: { until: T0 + 1, node: 'c:a@h', since: T0, arrived: T0 },
  linker: { name: 'calls', linked_until: T0, version: 7, arrived: T0 },
  outcomes: {
    minute: 29_394_841,
    arrived: T0,
    tenant: 'none',
    trunk: "a'; DROP TABLE outcomes; -- é",
    node: 'fs1',
    sensors: 'hep 101\nhep 102',
    direction: 'outbound',
    class: 'network',
    code: '503',
    cause: 'NORMAL_TEMPORARY_FAILURE',
    prefix: '+49301',
    stage: 'rang',
    root: 1,
    attempts: 4_294_967_295,
    samples: '["a@h"]',
  },
  registrations: {
    minute: 29_394_841,
    arrived: T0,
    tenant: 'none',
    node: 'hep 101',
    code: '403',
    result: 'forbidden',
    attempts: 4_294_967_295,
  },
  privacy_jobs: {
    id: id(8),
    version: T0,
    arrived: T0,
    asked: T0,
    state: 'waiting',
    who: 'ada',
    reason: 'asked for',
    number: '+14155550101',
    nodes: '["c:a@h"]',
    legs: 1,
    rows: 2,
    message: '',
  },
  holds: {
    call: 'a@h',
    version: T0,
    arrived: T0,
    since: T0,
    who: 'ada',
    reason: 'court',
    nodes: '["c:a@h"]',
    released: 0,
  },
  heard: { minute: 29_394_841, arrived: T0, kind: 'sensor', name: 'hep 101', thirds: 7 },
  alerts: {
    id: id(6),
    version: 7,
    arrived: T0,
    kind: 'failures',
    state: 'open',
    since: T0,
    opened: T0 + 1,
    closed: 0,
    body: '{"a":"é"}',
    inputs: '[]',
  },
  // Rows of long ago would be gone at once, by the table's own retention.
  detector: { minute: 29_394_841, arrived: Date.now() * 1000, series: 'site', state: '{}' },
  audit: {
    id: id(7),
    at: T0,
    arrived: T0,
    who: 'ops',
    via: 'basic',
    through: '',
    address: '192.0.2.7',
    action: 'search',
    about: '+49 30 1234567 é',
    numbers: ' 49301234567 ',
    reason: '',
    status: 200,
  },
  leases: {
    name: 'linker',
    holder: 'box 7 a',
    state: 'held',
    term: 1_700_000_000_000_000,
    beat: 3,
    arrived: Date.now() * 1000,
  },
  counted: {
    token: 'outcomes a 1',
    arrived: Date.now() * 1000,
    names: Buffer.from([0, 255, 10, 13, 0, 1, 2, 3]),
    counts: '[]',
  },
  hosts: { address: '192.0.2.1:5060', name: 'fs1', source: 'esl', until: T0, arrived: T0 },
};
