import type { SeenMessage } from '../call/copies.ts';
import type { EventFact } from '../call/read/facts.ts';
import type { CaseLeg } from '../diagnosis/case.ts';
import { headerOf } from '../model/headers.ts';
import { type Fields, fieldsOf } from './fields.ts';
import type { Quiet } from './noise.ts';

/** A step of a leg as two calls are aligned by it. Times are epoch µs. */
export interface Sign {
  /** What it is, without anything that is of this call alone: equal signs stand beside each other. */
  readonly sign: string;
  readonly title: string;
  /** Where it was: "hop 1 →" of a message, the switch of what it said. */
  readonly where: string;
  readonly kind: 'message' | 'event' | 'log';
  /** Of the first of them. */
  readonly id: string;
  readonly atUs: number;
  /** How often in a row: retransmissions, or a line that is repeated. */
  readonly times: number;
  readonly fields: Fields;
}

/** Events that tell how a call went; the many others repeat them. */
const TELLING: ReadonlySet<string> = new Set([
  ...['CHANNEL_CREATE', 'CHANNEL_PROGRESS', 'CHANNEL_PROGRESS_MEDIA', 'CHANNEL_ANSWER', 'CHANNEL_BRIDGE'],
  ...['CHANNEL_UNBRIDGE', 'CHANNEL_HOLD', 'CHANNEL_UNHOLD', 'CHANNEL_PARK', 'CHANNEL_HANGUP', 'CHANNEL_EXECUTE'],
  ...['Newchannel', 'DialBegin', 'DialEnd', 'BridgeEnter', 'BridgeLeave', 'Hold', 'Unhold', 'Hangup', 'CUSTOM'],
  ...['Newexten', 'BlindTransfer', 'AttendedTransfer', 'QueueCallerJoin', 'QueueCallerAbandon', 'AgentConnect'],
]);
/** Warning and graver. */
const GRAVE = 4;
const NO_FIELDS: Fields = new Map();

/** The steps of a leg in their order, at most `most`. */
export function signsOf(leg: CaseLeg, quiet: Quiet, most: number): readonly Sign[] {
  const hops = createHops();
  const all = [
    ...leg.messages.map((seen) => messageSign(seen, hops, quiet)),
    ...leg.events.filter(({ name }) => TELLING.has(name)).map((event) => eventSign(event, quiet)),
    ...leg.logs
      .filter(({ level }) => level <= GRAVE)
      .map(({ id, atUs, text }): Sign => {
        const title = quiet.text(lineOf(text));
        return {
          ...{ sign: `log ${title}`, title, where: 'log', kind: 'log' as const, id, atUs, times: 1 },
          fields: NO_FIELDS,
        };
      }),
  ].sort((a, b) => a.atUs - b.atUs);
  return folded(all).slice(0, most);
}

/** What was sent again stands once, however much came between. */
function folded(signs: readonly Sign[]): Sign[] {
  const kept: Sign[] = [];
  const places = new Map<string, number>();
  for (const sign of signs) {
    const before = sign.kind === 'message' ? places.get(sign.sign) : undefined;
    const last = kept.at(-1);
    const at = before ?? (last?.sign === sign.sign ? kept.length - 1 : undefined);
    const first = at === undefined ? undefined : kept[at];
    if (at !== undefined && first !== undefined) kept[at] = { ...first, times: first.times + 1 };
    else {
      places.set(sign.sign, kept.length);
      kept.push(sign);
    }
  }
  return kept;
}

function messageSign(seen: SeenMessage, hops: Hops, quiet: Quiet): Sign {
  const { message, atUs } = seen;
  const { sip } = message;
  const place = hops.of(seen);
  const again = sip.to.tag === '' || !sip.request ? '' : ' within the dialog';
  const of = sip.cseqMethod === 'INVITE' ? '' : ` of ${sip.cseqMethod}`;
  const title = sip.request ? sip.method : `${`${sip.status} ${sip.phrase}`.trim()}${of}`;
  const turn = hops.turnOf(seen);
  return {
    // Phrases are anybody's words: the status counts.
    sign: `${place} ${sip.request ? `${sip.method}${again}` : `${sip.status} ${sip.cseqMethod}`} ${turn}`,
    title: `${title}${sip.request ? again : ''}`,
    where: place,
    kind: 'message',
    id: message.id,
    atUs,
    times: 1,
    fields: fieldsOf(seen, quiet),
  };
}

function eventSign(event: EventFact, quiet: Quiet): Sign {
  const { id, atUs, name, subclass, node, headers } = event;
  const what = subclass === '' ? name : `${subclass} ${headerOf(headers, 'Action')}`.trim();
  const more = headerOf(headers, 'Application');
  const title = more === '' ? what : `${what} ${more}`;
  const said = new Map<string, string>();
  for (const header of ['Hangup-Cause', 'Cause-txt', 'DialStatus', 'Application-Data', 'Channel-Read-Codec-Name']) {
    const value = quiet.text(headerOf(headers, header));
    if (value !== '') said.set(header, value);
  }
  return { ...{ sign: `event ${title}`, title, where: node, kind: 'event', id, atUs, times: 1 }, fields: said };
}

interface Hops {
  /** "hop 2 ←". */
  of(seen: SeenMessage): string;
  /** The how-manieth request of its method (by CSeq) this is, or belongs to. */
  turnOf(seen: SeenMessage): number;
}

/** Hops in the order in which they were used; forward is where the first message on it went. */
function createHops(): Hops {
  const known = new Map<string, { readonly number: number; readonly from: string }>();
  const turns = new Map<string, number[]>();
  return {
    of({ message: { srcIp, dstIp } }) {
      const key = [srcIp, dstIp].sort().join(' ');
      const hop = known.get(key) ?? { number: known.size + 1, from: srcIp };
      known.set(key, hop);
      return `hop ${hop.number} ${hop.from === srcIp ? '→' : '←'}`;
    },
    turnOf({ message: { sip, fromTag } }) {
      const method = sip.method === 'ACK' || sip.method === 'CANCEL' ? 'INVITE' : sip.method;
      const key = `${sip.request ? fromTag : sip.from.tag} ${method}`;
      const seen = turns.get(key) ?? [];
      if (!seen.includes(sip.cseq)) seen.push(sip.cseq);
      turns.set(key, seen);
      return seen.indexOf(sip.cseq) + 1;
    },
  };
}

/** The first line of a log's message without FreeSWITCH's "date time idle% [LEVEL] file.c:line ". */
const lineOf = (text: string): string =>
  (text.split('\n', 1)[0] ?? '').replace(/^\S+ \S+ (?:\d+\.\d+% )?\[[A-Z0-9]+\] \S+:\d+ /, '');
