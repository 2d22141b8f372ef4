import type { EventFact, GapFact, LogFact } from '../../core/call/read/facts.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import type { Step } from '../schemas.ts';
import { isoOf } from '../time.ts';
import type { Lanes } from './lanes.ts';

const BLANK = {
  to: null,
  transport: null,
  src: null,
  dst: null,
  status: null,
  method: null,
  media: false,
  retransmission: false,
  flaw: '',
} as const;

/** A fact whose time may have been corrected; `storedUs` is the one that its sender gave it. */
export type Timed<T> = T & { readonly storedUs?: number | undefined };

export function eventStep(event: Timed<EventFact>, callId: string | null, lanes: Lanes): Step {
  return {
    ...BLANK,
    id: event.id,
    kind: 'event',
    at: isoOf(event.atUs),
    atUs: event.atUs,
    from: lanes.of({ kind: 'node', name: event.node }),
    title: event.subclass === '' ? event.name : event.subclass,
    detail: detailOf(event),
    callId,
    channel: event.channel,
    level: null,
    seenBy: [{ sensor: event.node, at: isoOf(event.storedUs ?? event.atUs) }],
    raw: '',
  };
}

/** What distinguishes this event from others of its name, in a few words. */
function detailOf({ name, subclass, headers }: EventFact): string {
  const of = (header: string): string => headerOf(headers, header);
  /** Nothing without the first of them. */
  const ofAll = (first: string, ...others: readonly string[]): string =>
    of(first) === ''
      ? ''
      : [first, ...others]
          .map(of)
          .filter((value) => value !== '')
          .join(' ');
  switch (name) {
    case 'CHANNEL_STATE':
      return of('Channel-State');
    case 'CHANNEL_CALLSTATE':
      return of('Channel-Call-State');
    case 'CHANNEL_EXECUTE':
    case 'CHANNEL_EXECUTE_COMPLETE':
      return `${of('Application')} ${of('Application-Data')}`.trim();
    case 'CHANNEL_HANGUP':
    case 'CHANNEL_HANGUP_COMPLETE':
    case 'CHANNEL_DESTROY':
      return of('Hangup-Cause');
    case 'CHANNEL_BRIDGE':
    case 'CHANNEL_UNBRIDGE':
      return of('Other-Leg-Channel-Name') || of('Bridge-B-Unique-ID');
    case 'CODEC':
      return `${of('Channel-Read-Codec-Name')}/${of('Channel-Read-Codec-Rate')}`;
    case 'DTMF':
      return of('DTMF-Digit');
    case 'Newstate':
      return of('ChannelStateDesc');
    case 'VarSet':
      return `${of('Variable')}=${of('Value')}`;
    case 'DialBegin':
    case 'DialEnd':
      return `${of('DialString') || of('DestChannel')} ${of('DialStatus')}`.trim();
    case 'Hangup':
      return of('Cause-txt');
    case 'BlindTransfer':
      return ofAll('Extension', 'Context');
    case 'AttendedTransfer':
      return of('TransferTargetChannel') || of('SecondTransfererChannel');
    case 'ConfbridgeJoin':
    case 'ConfbridgeLeave':
      return of('Conference');
    case 'QueueCallerJoin':
    case 'QueueCallerLeave':
    case 'QueueCallerAbandon':
      return of('Queue');
    case 'AgentCalled':
    case 'AgentConnect':
    case 'AgentRingNoAnswer':
    case 'AgentComplete':
      return of('MemberName') || of('Interface');
    case 'CUSTOM':
      return (
        ofAll('Action', 'Conference-Name') ||
        ofAll('CC-Action', 'CC-Queue', 'CC-Agent', 'CC-Cause', 'CC-Cancel-Reason') ||
        ofAll('FIFO-Action', 'FIFO-Name') ||
        (subclass === '' ? '' : of('Channel-Name'))
      );
    default:
      return (of('Channel-Name') || of('Channel')).replaceAll('%2B', '+');
  }
}

export function logStep(log: Timed<LogFact>, callId: string | null, lanes: Lanes, raw: boolean): Step {
  return {
    ...BLANK,
    id: log.id,
    kind: 'log',
    at: isoOf(log.atUs),
    atUs: log.atUs,
    from: lanes.of({ kind: 'node', name: log.node }),
    title: messageOf(log.text),
    detail: log.file === '' ? '' : `${log.file}:${log.line}`,
    callId,
    channel: log.channel === '' ? null : log.channel,
    level: log.level,
    seenBy: [{ sensor: log.node, at: isoOf(log.storedUs ?? log.atUs) }],
    raw: raw ? log.text : '',
  };
}

/** What a source could not tell; a gap has no row of its own, so `index` names it. */
export function gapStep(gap: GapFact, index: number): Step {
  const time = (us: number): string => isoOf(us).slice(11, 19);
  return {
    ...BLANK,
    id: `gap-${index}`,
    kind: 'gap',
    at: isoOf(gap.sinceUs),
    atUs: gap.sinceUs,
    from: null,
    title: `${gap.stream} of ${gap.node} missing ${time(gap.sinceUs)}–${time(gap.untilUs)} UTC`,
    detail: gap.reason,
    callId: null,
    channel: null,
    level: null,
    seenBy: [],
    raw: '',
  };
}

/** The first line without FreeSWITCH's prefix "date time idle% [LEVEL] file.c:line ", which other columns show. */
function messageOf(text: string): string {
  const first = text.split('\n', 1)[0] ?? '';
  return first.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ (?:\d+\.\d+% )?\[[A-Z0-9]+\] \S+:\d+ /, '').trim();
}
