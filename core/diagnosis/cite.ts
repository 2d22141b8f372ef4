import type { SeenMessage } from '../call/copies.ts';
import type { EventFact, GapFact, LogFact } from '../call/read/facts.ts';
import { headerOf } from '../model/capture-event.ts';
import type { Cited } from './verdict.ts';

/**
 * A message as proof: every sensor's copy of it, as each proves it alone; first the one that stands on the ladder. What it says
 * is its first line unless more is to be told.
 */
export function citeMessage({ message, copies }: SeenMessage, says?: string): readonly Cited[] {
  const words = says ?? titleOf(message);
  const others = copies.filter(({ id }) => id !== message.id);
  return [message, ...others].map(({ id, atUs }) => ({ table: 'messages', id, atUs, says: words }));
}

export function citeEvent({ id, atUs, name, headers }: EventFact, header?: string): Cited {
  const says = header === undefined ? name : `${name}: ${header} ${headerOf(headers, header)}`;
  return { table: 'events', id, atUs, says };
}

/** FreeSWITCH's word for why a channel ended; "" in an event that says none. */
export const causeIn = ({ headers }: EventFact): string => headerOf(headers, 'Hangup-Cause');

/** An event as proof of the cause that it names. */
export const citeCause = (event: EventFact): Cited => citeEvent(event, 'Hangup-Cause');

export function citeLog({ id, atUs, text }: LogFact): Cited {
  return { table: 'logs', id, atUs, says: firstLine(text) };
}

export function citeGap({ node, stream, sinceUs, reason }: GapFact): Cited {
  return { table: 'gaps', id: `${node} ${stream} ${sinceUs}`, atUs: sinceUs, says: `${stream} of ${node}: ${reason}` };
}

const titleOf = ({ sip, status, method }: SeenMessage['message']): string =>
  sip.request ? method : `${status} ${sip.phrase}`.trim();

const MAX_SAYS = 200;
const firstLine = (text: string): string => (text.trim().split(/[\r\n]/, 1)[0] ?? '').slice(0, MAX_SAYS);
