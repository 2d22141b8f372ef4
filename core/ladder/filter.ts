import type { LadderStep } from './step.ts';

/** What the reader wants on the ladder. Gaps are always on it: they say what is not. */
export interface Filter {
  readonly sip: boolean;
  readonly events: boolean;
  /** Also the events that tell little about a call, such as every change of state. */
  readonly everyEvent: boolean;
  readonly logs: boolean;
  /** Log lines up to this level, 0 console … 7 debug: a smaller number is graver. */
  readonly level: number;
}

export const DEFAULT_FILTER: Filter = { sip: true, events: true, everyEvent: false, logs: true, level: 4 };

/**
 * Events of which a call has dozens and that repeat what other steps show (names of FreeSWITCH's and Asterisk's events). An event that is
 * not named here counts as one of note, so that a new kind of event is seen rather than missed.
 */
const CHATTY: ReadonlySet<string> = new Set([
  'CALL_UPDATE',
  'CHANNEL_CALLSTATE',
  'CHANNEL_DATA',
  'CHANNEL_EXECUTE',
  'CHANNEL_EXECUTE_COMPLETE',
  'CHANNEL_GLOBAL',
  'CHANNEL_STATE',
  'CHANNEL_UUID',
  'CODEC',
  'MESSAGE_QUERY',
  'MESSAGE_WAITING',
  'NewCallerid',
  'NewConnectedLine',
  'Newexten',
  'NOTIFY_IN',
  'PRESENCE_IN',
  'PRESENCE_OUT',
  'PRESENCE_PROBE',
  'PRIVATE_COMMAND',
  'RECV_RTCP_MESSAGE',
  'SEND_RTCP_MESSAGE',
  'VarSet',
]);

/** The first word of a title is the event's name. */
export const isOfNote = (step: Pick<LadderStep, 'title'>): boolean => !CHATTY.has(step.title.split(' ', 1)[0] ?? '');

export function passes(step: Pick<LadderStep, 'kind' | 'title' | 'level'>, filter: Filter): boolean {
  switch (step.kind) {
    case 'message':
      return filter.sip;
    case 'event':
      return filter.events && (filter.everyEvent || isOfNote(step));
    case 'log':
      return filter.logs && (step.level ?? 0) <= filter.level;
    case 'gap':
      return true;
  }
}
