import { type Random, stream } from './random.ts';

/** One Call-ID of the load, with everything about it that stays the same from packet to packet. */
export interface LoadDialog {
  readonly callId: string;
  /** The Call-ID of the first leg, which a B2BUA carries along; "" on the first leg itself. */
  readonly xcid: string;
  readonly uuid: string;
  readonly from: string;
  readonly to: string;
  readonly srcIp: readonly number[];
  readonly dstIp: readonly number[];
  readonly srcPort: number;
  readonly dstPort: number;
  /** HEP capture id. */
  readonly node: number;
  readonly userAgent: string;
  readonly tagA: string;
  readonly tagB: string;
  readonly branch: bigint;
  /** The final response of a call that fails; 0 for one that is answered. */
  readonly fail: number;
  /** Epoch µs of each packet. */
  readonly at: readonly number[];
}

export interface LoadOptions {
  readonly seed: number;
  /** First legs. */
  readonly calls: number;
  /** Epoch seconds of the first call. */
  readonly startSec: number;
  /** The capture time over which the calls are spread. */
  readonly spanSec: number;
}

const FAIL_SHARE = 0.12;
const B2B_SHARE = 0.25;
const FAILS = [404, 480, 486, 487, 503];
const COUNTRY_CODES = ['49', '44', '33', '1', '39', '34', '31', '48'];
const USER_AGENTS = [
  'Yealink SIP-T46U 108.86.0.70',
  'PolyEdge-E350-UA/8.1.3',
  'Linphone/5.2.4 (belle-sip/5.3.6)',
  'Grandstream GXP2170 1.0.11.64',
  'Cisco-CP8851/12.8.1',
  'Asterisk PBX 20.7.0',
  'MicroSIP/3.21.5',
];

const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, '0');

function phone(random: Random): string {
  const country = COUNTRY_CODES[random.below(COUNTRY_CODES.length)];
  const area = 100 + random.below(900);
  return `${country}${area}${String(random.below(1_000_000)).padStart(6, '0')}`;
}

function uuidOf(random: Random): string {
  const [a, b] = [random.next(), random.next()];
  const parts = [
    hex(a >> 32n, 8),
    hex((a >> 16n) & 0xffffn, 4),
    `4${hex(a & 0xfffn, 3)}`,
    hex(0x8000n | ((b >> 48n) & 0x3fffn), 4),
    hex(b & 0xffffffffffffn, 12),
  ];
  return parts.join('-');
}

/** A call: its first leg, and in a quarter of them a second one behind a B2BUA, under another Call-ID. */
export function makeCall(options: LoadOptions, index: number): LoadDialog[] {
  const t0 = options.startSec * 1_000_000 + Math.floor((index * (options.spanSec * 1_000_000)) / options.calls);
  const r = stream(BigInt(options.seed), 1n, BigInt(index));
  const userAgent = USER_AGENTS[r.below(USER_AGENTS.length)] ?? '';
  const [from, to] = [phone(r), phone(r)];
  const callId = `${hex(r.next(), 16)}@10.${r.below(256)}.${r.below(256)}.${1 + r.below(254)}`;
  const uuid = uuidOf(r);
  const srcIp = [10, r.below(256), r.below(256), 1 + r.below(254)];
  const dstIp = [192, 168, 10, 10 + r.below(4)];
  const srcPort = 1024 + r.below(60_000);
  const [tagA, tagB, branch] = [hex(r.next(), 16).slice(0, 10), hex(r.next(), 16).slice(0, 10), r.next()];
  const ring = 150_000 + r.below(900_000);
  const answer = 2_000_000 + r.below(12_000_000);
  const talk = 3_000_000 + r.below(180_000_000);
  const fail = r.share() < FAIL_SHARE ? (FAILS[r.below(FAILS.length)] ?? 0) : 0;
  const times = (offset: number): number[] => {
    const from = t0 + offset;
    const jitter = (): number => r.below(3000);
    if (fail !== 0) return [from, from + 1500 + jitter(), from + ring, from + ring + 18_000 + jitter()];
    const ended = from + answer + talk;
    const first = [from, from + 1500 + jitter(), from + ring, from + answer, from + answer + 21_000 + jitter()];
    return [...first, ended, ended + 19_000 + jitter()];
  };
  const same = { from, to, fail };
  const a: LoadDialog = {
    ...{ ...same, callId, xcid: '', uuid, srcIp, dstIp, srcPort, dstPort: 5060, node: 2001, userAgent },
    ...{ tagA, tagB, branch, at: times(0) },
  };
  if (r.share() >= B2B_SHARE) return [a];
  const second = { callId: uuidOf(r), uuid: uuidOf(r), dstIp: [203, 0, 113, 1 + r.below(254)] };
  const tags = { tagA: hex(r.next(), 16).slice(0, 10), tagB: hex(r.next(), 16).slice(0, 10), branch: r.next() };
  const b: LoadDialog = {
    ...{ ...same, ...second, ...tags, xcid: callId, srcIp: dstIp, srcPort: 5080, dstPort: 5060, node: 2002 },
    userAgent: 'FreeSWITCH-mod_sofia/1.10.12-release~64bit',
    at: times(9000),
  };
  return [a, b];
}
