import { type LadderStep, methodOf } from './step.ts';

/** What the reader wants on the ladder. Gaps are always on it: they say what is not. */
export interface Filter {
  readonly sip: boolean;
  /** Reports about media. */
  readonly media: boolean;
  readonly events: boolean;
  /** Also the events that tell little about a call, such as every change of state. */
  readonly everyEvent: boolean;
  readonly logs: boolean;
  /** Log lines up to this level, 0 console … 7 debug: a smaller number is graver. */
  readonly level: number;
  /** Letters of legs of which nothing is shown. */
  readonly withoutLegs: readonly string[];
  /** Methods of which neither requests nor responses are shown. */
  readonly withoutMethods: readonly string[];
  /** Only steps in which this stands, in any case of letters; "" for all. */
  readonly text: string;
}

export const DEFAULT_FILTER: Filter = {
  sip: true,
  media: true,
  events: true,
  everyEvent: false,
  logs: true,
  level: 4,
  withoutLegs: [],
  withoutMethods: [],
  text: '',
};

/** The switches of a filter, in the order in which they are asked. */
export const SWITCHES = ['sip', 'media', 'events', 'everyEvent', 'logs', 'level', 'leg', 'method', 'text'] as const;
export type Switch = (typeof SWITCHES)[number];

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

/** `letter` is that of the step's leg, where it has one. */
export const passes = (step: LadderStep, filter: Filter, letter?: string): boolean =>
  hiddenBy(step, filter, letter) === undefined;

/** The switch that hides the step, the first of those that do; undefined for one that is shown. */
export function hiddenBy(step: LadderStep, filter: Filter, letter?: string): Switch | undefined {
  if (step.kind === 'gap') return undefined;
  const source = hiddenSource(step, filter);
  if (source !== undefined) return source;
  if (letter !== undefined && filter.withoutLegs.includes(letter)) return 'leg';
  const method = filter.withoutMethods.length === 0 ? undefined : methodOf(step);
  if (method !== undefined && filter.withoutMethods.includes(method)) return 'method';
  return filter.text === '' || holds(step, filter.text.toLowerCase()) ? undefined : 'text';
}

function hiddenSource(step: LadderStep, filter: Filter): Switch | undefined {
  if (step.kind === 'message') {
    const source = step.media ? 'media' : 'sip';
    return filter[source] ? undefined : source;
  }
  if (step.kind === 'event') {
    if (!filter.events) return 'events';
    return filter.everyEvent || isOfNote(step) ? undefined : 'everyEvent';
  }
  if (!filter.logs) return 'logs';
  return (step.level ?? 0) <= filter.level ? undefined : 'level';
}

const holds = ({ title, detail, callId, channel, flaw }: LadderStep, wanted: string): boolean =>
  [title, detail, callId, channel, flaw].some((text) => text?.toLowerCase().includes(wanted) === true);
