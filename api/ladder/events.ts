import type { EventFact, LogFact } from '../../core/call/read/facts.ts';
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
  retransmission: false,
  flaw: '',
} as const;

export function eventStep(event: EventFact, callId: string | null, lanes: Lanes): Step {
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
    seenBy: [{ sensor: event.node, at: isoOf(event.atUs) }],
    raw: '',
  };
}

/** What distinguishes this event from others of its name, in a few words. */
function detailOf({ name, subclass, headers }: EventFact): string {
  const of = (header: string): string => headerOf(headers, header);
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
    case 'CUSTOM':
      return of('Action') || of('CC-Action') || of('FIFO-Action') || (subclass === '' ? '' : of('Channel-Name'));
    default:
      return (of('Channel-Name') || of('Channel')).replaceAll('%2B', '+');
  }
}

export function logStep(log: LogFact, callId: string | null, lanes: Lanes): Step {
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
    seenBy: [{ sensor: log.node, at: isoOf(log.atUs) }],
    raw: log.text,
  };
}

/** The first line without FreeSWITCH's prefix "date time idle% [LEVEL] file.c:line ", which other columns show. */
function messageOf(text: string): string {
  const first = text.split('\n', 1)[0] ?? '';
  return first.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ (?:\d+\.\d+% )?\[[A-Z0-9]+\] \S+:\d+ /, '').trim();
}
