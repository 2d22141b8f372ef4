import { hostAndPort } from '../model/host-and-port.ts';
import { type Figures, named, USUAL_PACKETS_A_SECOND } from './heard.ts';
import { delayIn, listeningIn, rFactorIn } from './xr.ts';

/**
 * A telephone's report on the quality of a call (RFC 6035 §4.6, `application/vq-rtcpxr`), sent in a PUBLISH or NOTIFY of
 * another dialog. Real ones differ from the grammar, and are read all the same: names in any case, "=" for ":", fields of
 * the session behind `LocalMetrics:`, `Metrics:` for `LocalMetrics:` (drafts of the RFC, as Polycom and Snom send it), a
 * missing space between two fields (Snom), a field on a line of its own (AudioCodes), `IP=host:port` (RingCentral).
 */
export interface VqReport {
  readonly kind: 'session' | 'interval' | 'alert';
  /** The dialog that it is about, as it is written; "" where it names none. */
  readonly callId: string;
  /** "host:port" of RTP; "" where it is not said. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly localSsrc: number | undefined;
  readonly remoteSsrc: number | undefined;
  /** What the telephone heard of the far end. */
  readonly local: VqMetrics | undefined;
  /** What the far end heard of the telephone, as its RTCP-XR told it. */
  readonly remote: VqMetrics | undefined;
}

export interface VqMetrics {
  /** Packets of the time from START to STOP, as many a second as it says; undefined without both times. */
  readonly expected: number | undefined;
  readonly figures: Figures;
}

const KINDS = { vqsessionreport: 'session', vqintervalreport: 'interval', vqalertreport: 'alert' } as const;

/** Reports have less than 2 KB; what stands behind this is not looked at. */
const MAX_CHARACTERS = 16_384;
/** Longer Call-IDs are no telephone's. */
const MAX_CALL_ID = 255;

/** Undefined for a text that does not begin as such a report. */
export function readVq(text: string): VqReport | undefined {
  const lines = text.slice(0, MAX_CHARACTERS).split(/\r\n|\r|\n/);
  const [, first] =
    /^\s*(vq(?:session|interval|alert)report)\b/i.exec(lines.find((line) => line.trim() !== '') ?? '') ?? [];
  if (first === undefined) return undefined;
  const sections = { session: '', local: '', remote: '' };
  const fields = new Map<string, string>();
  let section: keyof typeof sections = 'session';
  for (const line of lines) {
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*[:=](.*)$/.exec(line) ?? [];
    const lower = name.toLowerCase();
    if (lower === 'localmetrics' || lower === 'metrics') section = 'local';
    else if (lower === 'remotemetrics') section = 'remote';
    else if (SESSION.has(lower)) fields.set(lower, fields.get(lower) ?? value.trim());
    else sections[section] += ` ${line}`;
  }
  const [local, remote] = [metricsOf(sections.local), metricsOf(sections.remote)];
  // An alert of a draft has one block, and says beside whose it is.
  const isOfRemote = remote === undefined && /\bdir\s*=\s*remote\b/i.test(lines.slice(0, 3).join(' '));
  const [from, to] = [fields.get('localaddr') ?? '', fields.get('remoteaddr') ?? ''];
  return {
    kind: KINDS[first.toLowerCase() as keyof typeof KINDS],
    callId: callIdOf(fields.get('callid') ?? ''),
    ...{ localAddress: addressOf(from), remoteAddress: addressOf(to) },
    ...{ localSsrc: ssrcOf(from), remoteSsrc: ssrcOf(to) },
    ...(isOfRemote ? { local: undefined, remote: local } : { local, remote }),
  };
}

const SESSION: ReadonlySet<string> = new Set(['callid', 'localaddr', 'remoteaddr']);

/** A Call-ID has no white space; "(null)" is a library that has lost its own. */
function callIdOf(value: string): string {
  const [callId = ''] = value.split(/\s/, 1);
  return callId.length > MAX_CALL_ID || callId === '(null)' ? '' : callId;
}

function addressOf(value: string): string {
  const [, ip = ''] = /\bip\s*=\s*([^\s;,]+)/i.exec(value) ?? [];
  const [, port] = /\bport\s*=\s*(\d{1,5})(?!\d)/i.exec(value) ?? [];
  const [, bracketed, behind] = /^\[([0-9a-f:.]+)\](?::(\d{1,5}))?$/i.exec(ip) ?? [];
  const [, host, colon] = /^([^:]+):(\d{1,5})$/.exec(ip) ?? [];
  const at = Number(port ?? behind ?? colon);
  const name = bracketed ?? host ?? ip;
  return /^[0-9a-z.:-]{1,255}$/i.test(name) && at > 0 && at < 65_536 ? hostAndPort(name, at) : '';
}

/** Hexadecimal (RFC 6035 §4.6.1), or decimal where it is digits alone (Polycom); 0 is none. */
function ssrcOf(value: string): number | undefined {
  const [, hex, digits, bare] =
    /\bssrc\s*=\s*(?:0x([0-9a-f]{1,8})|(\d{1,10})|([0-9a-f]{1,8}))(?![0-9a-z])/i.exec(value) ?? [];
  const ssrc = digits !== undefined ? Number(digits) : Number.parseInt(hex ?? bare ?? '0', 16);
  return ssrc > 0 && ssrc < 2 ** 32 ? ssrc : undefined;
}

const NUMBERS = ['nlr', 'jdr', 'iaj', 'rtd', 'esd', 'rlq', 'rcq', 'moslq', 'moscq', 'pps'] as const;
/** A digit may stand in front: "JBM=20JBX=240". */
const PATTERNS = NUMBERS.map(
  (name) => [name, new RegExp(`(?<![a-z])${name}\\s*=\\s*(\\d{1,9}(?:\\.\\d+)?)(?!\\d)`, 'i')] as const,
);

function metricsOf(section: string): VqMetrics | undefined {
  if (section.trim() === '') return undefined;
  const numbers = new Map<string, number>();
  for (const [name, pattern] of PATTERNS) {
    const [, text] = pattern.exec(section) ?? [];
    if (text !== undefined) numbers.set(name, Number(text));
  }
  const number = (name: (typeof NUMBERS)[number]): number | undefined => numbers.get(name);
  const figures: Figures = {
    ...named('lossPercent', percentIn(number('nlr'))),
    ...named('discardPercent', percentIn(number('jdr'))),
    ...named('jitterMs', jitterIn(number('iaj'))),
    ...named('roundTripMs', delayIn(number('rtd'))),
    ...named('endSystemMs', delayIn(number('esd'))),
    ...named('rFactor', rFactorIn(number('rlq')) ?? rFactorIn(number('rcq'))),
    ...named('mos', listeningIn([number('moslq'), number('moscq')])),
  };
  return Object.keys(figures).length === 0 ? undefined : { expected: expectedIn(section, number('pps')), figures };
}

const percentIn = (percent: number | undefined): number | undefined =>
  percent === undefined || percent > 100 ? undefined : percent;
const jitterIn = (ms: number | undefined): number | undefined => (ms === undefined || ms >= 65_534 ? undefined : ms);

function expectedIn(section: string, packetsASecond = 0): number | undefined {
  const time = (name: string): number => {
    const [, text] = new RegExp(`\\b${name}\\s*=\\s*(\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,15}Z?)`, 'i').exec(section) ?? [];
    return text === undefined ? Number.NaN : Date.parse(text.endsWith('Z') ? text : `${text}Z`);
  };
  const seconds = (time('stop') - time('start')) / 1000;
  if (!(seconds >= 0)) return undefined;
  return seconds * (packetsASecond > 0 && packetsASecond <= 1000 ? packetsASecond : USUAL_PACKETS_A_SECOND);
}
