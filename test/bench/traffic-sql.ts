/**
 * Telephone traffic made inside the engine by SQL, as a hundred million messages cannot be made outside of it in time.
 * It has the shape that matters to a store: random identifiers, about 940 bytes a message, seven messages a dialog, and
 * a second leg for every fourth call. Everything is a function of the row's number, so any of it can be asked for again.
 *
 * Five dialogs are four calls: the last two of five carry one site value and are one call.
 */

export const MESSAGES_PER_DIALOG = 7;
const DAY_US = 86_400_000_000;

export interface Traffic {
  readonly messages: number;
  /** The days over which it arrives, evenly. */
  readonly days: number;
  /** Epoch µs of the first message. */
  readonly firstUs: number;
}

/** The last call is over and put together when it is asked for: one that is not is put together for each question. */
const OVER_US = 180_000_000;

/** Traffic that ends now: what is older than its retention is dropped when the product starts. */
export const trafficUntilNow = (messages: number, days: number): Traffic => ({
  messages,
  days,
  firstUs: Date.now() * 1000 - OVER_US - days * DAY_US,
});

export const dialogsOf = ({ messages }: Traffic): number => Math.ceil(messages / MESSAGES_PER_DIALOG);

const hex = (dialog: string, salt: string): string => `lower(hex(sipHash128(${dialog}, '${salt}')))`;
const tag = (dialog: string, salt: string): string => `lower(hex(sipHash64(${dialog}, '${salt}')))`;

/** One dialog, for the expressions below: hashes depend on the type as well. */
export const dialogSql = (dialog: number): string => `toUInt64(${dialog})`;

export const callIdSql = (dialog: string): string =>
  `concat(${hex(dialog, 'call')}, '@198.51.100.', toString(${dialog} % 200))`;
export const siteValueSql = (dialog: string): string => `substring(${hex(`intDiv(${dialog}, 5)`, 'site')}, 1, 24)`;
export const hasSecondLegSql = (dialog: string): string => `(${dialog} % 5 >= 3)`;

/** Every caller calls about five times; whom they call is anybody. */
export const fromNumberSql = (dialog: string, traffic: Traffic): string =>
  `concat('4930', leftPad(toString(sipHash64(sipHash64(${dialog}) % ${Math.max(200, Math.ceil(dialogsOf(traffic) / 5))}, 'from') % 100000000), 8, '0'))`;
export const toNumberSql = (dialog: string): string =>
  `concat('4989', leftPad(toString(sipHash64(${dialog}, 'to') % 100000000), 8, '0'))`;

/** When the n-th message of a dialog is seen, in epoch µs. */
export const atSql = (dialog: string, n: string, traffic: Traffic): string =>
  `toInt64(${traffic.firstUs} + intDiv(toInt128(${dialog}) * ${DAY_US * traffic.days}, ${dialogsOf(traffic)}) + [0, 12000, 2150000, 9400000, 9450000, 64000000, 64020000][${n} + 1])`;

const SDP = `concat('v=0\\r\\no=- ', toString(sipHash64(d, 'sdp') % 10000000000), ' 1 IN IP4 198.51.100.', toString(d % 200), '\\r\\ns=-\\r\\nc=IN IP4 198.51.100.', toString(d % 200), '\\r\\nt=0 0\\r\\nm=audio ', toString(10000 + sipHash64(d, 'rtp') % 40000), ' RTP/AVP 8 0 9 101\\r\\na=rtpmap:8 PCMA/8000\\r\\na=rtpmap:0 PCMU/8000\\r\\na=rtpmap:9 G722/8000\\r\\na=rtpmap:101 telephone-event/8000\\r\\na=fmtp:101 0-16\\r\\na=ptime:20\\r\\na=sendrecv\\r\\n')`;

/** The columns of a message by name, as expressions over `d` (dialog), `k` (which of its messages) and `at_us`. */
export function messageColumns(traffic: Traffic): Readonly<Record<string, string>> {
  const method = `['INVITE', '', '', '', 'ACK', 'BYE', ''][k + 1]`;
  const status = '[0, 100, 180, 200, 0, 0, 200][k + 1]';
  const cseqMethod = `['INVITE', 'INVITE', 'INVITE', 'INVITE', 'ACK', 'BYE', 'BYE'][k + 1]`;
  const back = 'k IN (1, 2, 3, 6)';
  const caller = `concat('198.51.100.', toString(d % 200))`;
  const callee = `concat('203.0.113.', toString(sipHash64(d, 'gw') % 20))`;
  const from = fromNumberSql('d', traffic);
  const to = toNumberSql('d');
  const start = `multiIf(k = 0, concat('INVITE sip:', ${to}, '@203.0.113.9:5060 SIP/2.0'), k = 4, concat('ACK sip:', ${to}, '@203.0.113.9:5060 SIP/2.0'), k = 5, concat('BYE sip:', ${to}, '@203.0.113.9:5060 SIP/2.0'), k = 1, 'SIP/2.0 100 Trying', k = 2, 'SIP/2.0 180 Ringing', 'SIP/2.0 200 OK')`;
  const toTag = `if(k < 2, '', concat(';tag=', ${tag('d', 'to')}))`;
  const payload = `concat(${start}, '\\r\\nVia: SIP/2.0/UDP 198.51.100.', toString(d % 200), ':5060;rport;branch=z9hG4bK', ${tag('d * 7 + intDiv(k, 4) + (k = 5)', 'branch')}, '\\r\\nRecord-Route: <sip:203.0.113.9;lr;ftag=', ${tag('d', 'from')}, '>\\r\\nFrom: "Subscriber ', toString(d % 1000), '" <sip:', ${from}, '@example.com>;tag=', ${tag('d', 'from')}, '\\r\\nTo: <sip:', ${to}, '@example.com>', ${toTag}, '\\r\\nCall-ID: ', ${callIdSql('d')}, '\\r\\nCSeq: ', toString(1000 + sipHash64(d) % 100000 + (k > 4)), ' ', ${cseqMethod}, '\\r\\nContact: <sip:', ${from}, '@198.51.100.', toString(d % 200), ':5060;transport=udp>\\r\\nUser-Agent: ExamplePhone T', toString(20 + d % 30), 'G 108.86.0.45\\r\\nAllow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, UPDATE, PRACK\\r\\nSupported: timer, path, replaces, 100rel\\r\\nAllow-Events: talk, hold, conference, presence, dialog, line-seize, call-info, sla\\r\\nSession-Expires: 1800;refresher=uac\\r\\nMax-Forwards: 70\\r\\nX-Site-Call: ', ${siteValueSql('d')}, '\\r\\nP-Asserted-Identity: <sip:', ${from}, '@example.com>\\r\\n', if(k IN (0, 3), concat('Content-Type: application/sdp\\r\\nContent-Length: 318\\r\\n\\r\\n', ${SDP}), 'Content-Length: 0\\r\\n\\r\\n'))`;
  const time = 'fromUnixTimestamp64Micro(at_us)';
  return {
    n: 'd * 7 + k',
    id: `unhex(hex(sipHash64(d, k, 'id')))`,
    at: time,
    arrived: time,
    sensor: `['edge1', 'edge2', 'fs1', 'fs2'][d % 4 + 1]`,
    protocol: '1',
    transport: `'udp'`,
    src_ip: `if(${back}, ${callee}, ${caller})`,
    src_port: '5060',
    dst_ip: `if(${back}, ${caller}, ${callee})`,
    dst_port: '5060',
    call_id: callIdSql('d'),
    method,
    status,
    cseq: '1000 + sipHash64(d) % 100000 + (k > 4)',
    cseq_method: cseqMethod,
    from_user: from,
    from_name: `concat('Subscriber ', toString(d % 1000))`,
    from_tag: tag('d', 'from'),
    to_user: to,
    to_name: `''`,
    to_tag: `if(k < 2, '', ${tag('d', 'to')})`,
    branch: `concat('z9hG4bK', ${tag('d * 7 + intDiv(k, 4) + (k = 5)', 'branch')})`,
    correlation_id: `''`,
    reason: `''`,
    payload,
  };
}

/** The messages with these numbers, as a SELECT of these columns in this order. */
export function messagesSql(traffic: Traffic, columns: readonly string[], from: number, count: number): string {
  const known = messageColumns(traffic);
  const list = columns.map((name) => {
    const expression = known[name];
    if (expression === undefined) throw new Error(`nothing is generated for the column "${name}"`);
    return `${expression} AS ${name}_`;
  });
  return `SELECT ${list.join(', ')} FROM (SELECT intDiv(number, ${MESSAGES_PER_DIALOG}) AS d, number % ${MESSAGES_PER_DIALOG} AS k, ${atSql('d', 'k', traffic)} AS at_us FROM numbers(${from}, ${count}))`;
}
