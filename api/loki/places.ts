/**
 * Where lines stand and what is known of each: one SQL expression a label. What is shown of a line, what it is filtered by
 * and what lines are counted by are the same expressions, so the three never differ.
 */

export interface Place {
  readonly table: 'messages' | 'events' | 'logs';
  /** All that its label `source` may be. */
  readonly sources: readonly string[];
  /** What the line says, as text or bytes. */
  readonly text: string;
  /** The Call-ID under which the row itself stands; '' where the row stands under its channel. */
  readonly callId: string;
  readonly channel: string;
  /** The graph node of the leg that the row belongs to. */
  readonly node: string;
  /** By label, without those of {@link LEG_LABELS}. A label that is not here is empty for every line. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Labels that tell which leg or call a line belongs to; they are answered by look-ups (legs.ts). */
export const LEG_LABELS: ReadonlySet<string> = new Set(['call_id', 'callid', 'number', 'search', 'trace_id', 'tenant']);

/** Names that HOMER's users know, and what they stand for here. */
const SYNONYMS: Readonly<Record<string, string>> = { callid: 'call_id', hostname: 'host', node: 'host' };

/** The name under which a label is known here. Whoever asks may call one "constructor". */
export const plainName = (label: string): string =>
  Object.hasOwn(SYNONYMS, label) ? (SYNONYMS[label] ?? label) : label;

/** The expression of a label under its plain name; undefined for one that no line of the place has. */
export const expressionOf = ({ labels }: Place, label: string): string | undefined =>
  Object.hasOwn(labels, label) ? labels[label] : undefined;

/** What a stream is told apart by; all else is structured metadata. */
export const STREAM_LABELS = ['call_id', 'source', 'host', 'tenant'] as const;

const address = (column: string): string =>
  `if(${column} = toIPv6('::'), '', if(startsWith(toString(${column}), '::ffff:') AND position(toString(${column}), '.') > 0,
    substring(toString(${column}), 8), toString(${column})))`;

const number = (column: string): string => `if(${column} = 0, '', toString(${column}))`;

/**
 * The user part of From or To: behind a display name, quoted or not, in angle brackets or bare (RFC 3261 §20.20, §20.39;
 * short forms §7.3.3). "%2B" is read as "+", as elsewhere.
 */
function userOf(long: string, short: string): string {
  const before = `(?im)^(?:${long}|${short})[ \\\\t]*:[ \\\\t]*(?:"(?:[^"\\\\\\\\]|\\\\\\\\.)*"|[^"<\\\\r\\\\n]*?)[ \\\\t]*<?[ \\\\t]*`;
  const sip = `extract(payload, '${before}sips?:([^@;:>\\\\s]+)[^@>\\\\s]*@')`;
  const tel = `extract(payload, '${before}tel:([^;>\\\\s]+)')`;
  return `if(protocol != 1, '', replaceAll(if(${sip} != '', ${sip}, ${tel}), '%2B', '+'))`;
}

const header = (name: string): string => `JSONExtractString(headers, '${name}')`;
const either = (one: string, other: string): string => `if(${one} != '', ${one}, ${other})`;

/** What of an event is told in its line, where the event has it: parties, states, causes; what was dialled and executed. */
const TELLING = [
  ...['Caller-Caller-ID-Number', 'Caller-Caller-ID-Name', 'Caller-Destination-Number', 'Call-Direction'],
  ...['Channel-Name', 'Channel-State', 'Channel-Call-State', 'Answer-State', 'Hangup-Cause', 'variable_hangup_cause'],
  ...['Application', 'Application-Data', 'Application-Response', 'Bridge-A-Unique-ID', 'Bridge-B-Unique-ID'],
  ...['Other-Leg-Unique-ID', 'variable_sip_call_id', 'DTMF-Digit', 'CC-Action', 'Action', 'Conference-Name'],
  ...['Channel', 'ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'ConnectedLineNum', 'Exten', 'Context'],
  ...[
    'AppData',
    'Cause',
    'Cause-txt',
    'DialStatus',
    'DestChannel',
    'BridgeUniqueid',
    'BridgeType',
    'Variable',
    'Value',
  ],
] as const;

const EVENT_TEXT = `concat(name, if(subclass = '', '', concat(' ', subclass)), arrayStringConcat(
  arrayMap(kv -> concat(' ', kv.1, '=', if(position(kv.2, ' ') > 0, concat('"', kv.2, '"'), kv.2)),
    arrayFilter(kv -> kv.2 != '' AND has([${TELLING.map((name) => `'${name}'`).join(', ')}], kv.1),
      JSONExtractKeysAndValues(headers, 'String')))))`;

const messages: Place = {
  table: 'messages',
  sources: ['sip', 'rtcp'],
  text: 'payload',
  callId: 'call_id',
  channel: "''",
  node: "concat('c:', call_id)",
  labels: {
    source: "if(protocol = 1, 'sip', 'rtcp')",
    host: 'sensor',
    job: "'calltrail'",
    type: "multiIf(protocol = 1, 'sip', protocol = 5, 'rtcp', protocol = 35, 'rtcpxr', toString(protocol))",
    level: `multiIf(protocol != 1, 'info', status >= 500, 'error', status IN (401, 407, 487), 'info',
      status >= 400, 'warning', 'info')`,
    leg: 'call_id',
    src_ip: address('src_ip'),
    src_port: number('src_port'),
    dst_ip: address('dst_ip'),
    dst_port: number('dst_port'),
    method: either('cseq_method', 'method'),
    response: 'if(status > 0, toString(status), method)',
    cseq: "if(cseq_method = '', '', concat(toString(cseq), ' ', cseq_method))",
    protocol: 'transport',
    from_user: userOf('from', 'f'),
    to_user: userOf('to', 't'),
    flaw: 'reason',
  },
};

const events: Place = {
  table: 'events',
  sources: ['pbx'],
  text: EVENT_TEXT,
  callId: "''",
  channel: 'channel',
  node: "concat('u:', channel)",
  labels: {
    source: "'pbx'",
    host: 'node',
    job: "'calltrail'",
    type: "'event'",
    level: "'info'",
    leg: 'channel',
    channel: 'channel',
    event: 'name',
    subclass: 'subclass',
    direction: header('Call-Direction'),
    from_user: either(header('Caller-Caller-ID-Number'), header('CallerIDNum')),
    to_user: either(header('Caller-Destination-Number'), header('Exten')),
  },
};

const logs: Place = {
  table: 'logs',
  sources: ['pbx', 'sbc'],
  text: 'text',
  callId: 'call_id',
  channel: 'channel',
  node: "if(channel = '', concat('c:', call_id), concat('u:', channel))",
  labels: {
    source: "if(call_id = '', 'pbx', 'sbc')",
    host: 'node',
    job: "'calltrail'",
    type: "'log'",
    level: `multiIf(level IN (1, 2), 'critical', level = 3, 'error', level = 4, 'warning', level = 5, 'notice',
      level = 7, 'debug', 'info')`,
    leg: "if(channel = '', call_id, channel)",
    channel: 'channel',
    file: "if(file = '', '', concat(file, ':', toString(line)))",
  },
};

export const PLACES: readonly Place[] = [messages, events, logs];
