import type { LadderStep } from './step.ts';

/**
 * Events of which a call has dozens and that repeat what other steps show (FreeSWITCH event names). An event that is
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
  'NOTIFY_IN',
  'PRESENCE_IN',
  'PRESENCE_OUT',
  'PRESENCE_PROBE',
  'PRIVATE_COMMAND',
  'RECV_RTCP_MESSAGE',
  'SEND_RTCP_MESSAGE',
]);

/** The first word of a title is the event's name. */
export const isOfNote = (step: Pick<LadderStep, 'title'>): boolean => !CHATTY.has(step.title.split(' ', 1)[0] ?? '');
