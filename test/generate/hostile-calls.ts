import { type PacketSeen, PROTOCOL } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { sipText, statusLine } from './sip-text.ts';

/**
 * Calls whose messages somebody made so that whoever compares each with each never ends: as large as a call can be, all under
 * one Call-ID, and different in one thing.
 */

interface Drawn {
  readonly sensor: string;
  readonly src: string;
  readonly dst: string;
  readonly start: string;
  readonly cseq: string;
  readonly branch: string;
  readonly fromTag: string;
  /** With its ";tag=". */
  readonly toTag: string;
  readonly afterMs: number;
  /** Below the topmost. */
  readonly vias: readonly string[];
  readonly more: readonly string[];
}
type Shape = (i: number) => Partial<Drawn>;

const INVITE = 'INVITE sip:200@h SIP/2.0';
const TO_TAG = ';tag=t';
const NAMED = 60;
const address = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
const answered = (i: number, statuses: readonly number[]): Partial<Drawn> => {
  const status = statuses[(i % (statuses.length + 1)) - 1];
  return status === undefined ? {} : { start: statusLine(status), toTag: TO_TAG };
};
const inDialog = (i: number, method: string, more: Partial<Drawn> = {}): Partial<Drawn> => ({
  start: i % 2 === 0 ? `${method} sip:200@h SIP/2.0` : statusLine(200),
  ...{ cseq: `${i >> 1} ${method}`, branch: `b${i >> 1}`, toTag: TO_TAG, ...more },
});

export const SHAPES: Readonly<Record<string, Shape>> = {
  'one message again and again': () => ({}),
  'one message, each from another sensor': (i) => ({ sensor: `s${i}`, afterMs: i % 7 }),
  'one message a host, each from another sensor': (i) => ({ sensor: `s${i}`, src: address(i), dst: address(i + 1) }),
  'twenty messages of 500 sensors': (i) => ({ sensor: `s${i % 500}`, branch: `b${Math.floor(i / 500)}` }),
  'between other hosts each': (i) => ({ src: address(i), dst: address(i + 1) }),
  'forked, each a branch of its own': (i) => ({ ...answered(i, [180, 486]), branch: `b${i}` }),
  'from hop to hop': (i) => ({
    src: address(i),
    dst: address(i + 1),
    sensor: `s${i}`,
    branch: `b${i}`,
    afterMs: i / 1000,
  }),
  'a CSeq number each': (i) => ({ ...answered(i, [180, 486]), cseq: `${i} INVITE`, branch: `b${i}` }),
  'responses to one request': (i) => (i === 0 ? {} : { start: `SIP/2.0 ${100 + (i % 600)} X`, toTag: `;tag=t${i}` }),
  'tags of their own': (i) => ({ ...answered(i, [180, 486]), fromTag: `f${i}`, toTag: `;tag=t${i}`, branch: `b${i}` }),
  'naming sixty hops each': (i) => ({
    branch: `b${i}`,
    vias: Array.from({ length: NAMED }, (_, k) => `SIP/2.0/UDP ${address(k)};branch=z9hG4bK${i}x${k}`),
  }),
  'naming sixty routes each': (i) => ({
    ...{ branch: `b${i}`, cseq: `${i} INVITE` },
    more: [
      `Record-Route: ${Array.from({ length: NAMED }, (_, k) => `<sip:${address(1_000_000 + i * NAMED + k)};lr>`).join(', ')}`,
    ],
  }),
  'naming persons of their own': (i) => ({
    ...{ branch: `b${i}`, cseq: `${i} INVITE` },
    more: [`P-Asserted-Identity: <sip:${i}00000@h>`, `Diversion: <sip:${i}11111@h>`],
  }),
  'with a long header each': (i) => ({ branch: `b${i}`, cseq: `${i} INVITE`, more: [`X-Long: ${'9'.repeat(3000)}`] }),
  registrations: (i) => inDialog(i, 'REGISTER', { toTag: '' }),
  'INFO requests': (i) => inDialog(i, 'INFO'),
  transfers: (i) => inDialog(i, 'REFER', { more: [`Refer-To: <sip:${i}@h>`] }),
  answers: (i) => inDialog(i, 'INVITE', i % 2 === 1 ? {} : { start: 'ACK sip:200@h SIP/2.0', cseq: `${i >> 1} ACK` }),
  'hanging up': (i) => (i === 0 ? {} : i === 1 ? { start: statusLine(200), toTag: TO_TAG } : inDialog(2 * i, 'BYE')),
  'backwards in time': (i) => ({ ...answered(i, [180, 486]), afterMs: -i, branch: `b${i % 10}` }),
  'in one moment': (i) => ({ ...answered(i, [180, 486]), afterMs: 0, branch: `b${i}`, sensor: `s${i % 3}` }),
  'crosswise between a hundred hosts': (i) => ({
    ...answered(i, [180, 486]),
    ...{ src: address(i % 100), dst: address((i * 7) % 101), sensor: `s${i % 50}`, branch: `b${i % 997}` },
    cseq: `${i % 31} INVITE`,
  }),
};

/** @param sinceUs the call begins then, epoch µs */
export function hostileCall(name: string, messages: number, sinceUs: number) {
  const callId = `${name.replace(/\W+/g, '-')}@hostile.example`;
  const shape = SHAPES[name];
  if (shape === undefined) throw new Error(`there is no shape "${name}"`);
  const packets = Array.from({ length: messages }, (_, i): PacketSeen => {
    const drawn: Drawn = {
      ...{ sensor: 'hep 1', src: '10.0.0.1', dst: '10.0.0.2', start: INVITE, cseq: '1 INVITE', branch: 'b' },
      ...{ fromTag: 'a', toTag: '', afterMs: i, vias: [], more: [] },
      ...shape(i),
    };
    const payload = sipText({
      ...{ start: drawn.start, callId, cseq: drawn.cseq, more: drawn.more },
      vias: [`SIP/2.0/UDP ${drawn.src};branch=z9hG4bK${drawn.branch}`, ...drawn.vias],
      from: `<sip:100@h>;tag=${drawn.fromTag}`,
      to: `<sip:200@h>${drawn.toTag}`,
    });
    const atUs = sinceUs + Math.round(drawn.afterMs * 1000);
    return {
      ...{ kind: 'packet', id: stableId(`${drawn.sensor} ${i}`, atUs, payload), atUs, arrivedUs: atUs },
      ...{ sensor: drawn.sensor, protocol: PROTOCOL.sip, transport: 'udp', correlationId: '', payload },
      ...{ srcIp: drawn.src, srcPort: 5060, dstIp: drawn.dst, dstPort: 5060 },
    };
  });
  return { callId, packets };
}
