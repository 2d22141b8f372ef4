import { type EventHeaders, headerOf } from '../model/capture-event.ts';
import type { Channel } from './channel.ts';
import type { EventFact } from './read/facts.ts';

/** What the events of one FreeSWITCH channel say about it. They are oldest first. */
export function summariseFreeswitchChannel(uuid: string, events: readonly EventFact[]): Channel | undefined {
  const first = events[0];
  if (first === undefined) return undefined;
  const last = (header: string): string => {
    for (let i = events.length - 1; i >= 0; i--) {
      const value = headerOf(events[i]?.headers ?? {}, header);
      if (value !== '') return value;
    }
    return '';
  };
  const earliest = (header: string): string => {
    for (const event of events) {
      const value = headerOf(event.headers, header);
      if (value !== '') return value;
    }
    return '';
  };
  const hangup = events.find((e) => e.name === 'CHANNEL_HANGUP' || e.name === 'CHANNEL_HANGUP_COMPLETE');
  const ended = hangup ?? events.find((e) => e.name === 'CHANNEL_DESTROY');
  const ringing = timeOf(events, 'Caller-Channel-Progress-Time', 'Caller-Channel-Progress-Media-Time');
  const answered = timeOf(events, 'Caller-Channel-Answered-Time');
  const cause = hangup === undefined ? '' : last('Hangup-Cause');
  const direction = earliest('Call-Direction');
  const gateway = last('variable_sip_gateway_name');
  // Of an outbound leg it is the address of the leg that originated it.
  const farAddress = direction === 'inbound' ? earliest('Caller-Network-Addr') : '';
  const created = timeOf(events, 'Caller-Channel-Created-Time');
  return {
    uuid,
    node: first.node,
    coreUuids: [...new Set(events.map((e) => e.coreUuid))],
    name: plus(last('Channel-Name')),
    direction: direction === 'inbound' || direction === 'outbound' ? direction : '',
    // The first caller id: transfers and bridges rewrite it later.
    from: {
      number: plus(earliest('Caller-Orig-Caller-ID-Number') || earliest('Caller-Caller-ID-Number')),
      name: earliest('Caller-Orig-Caller-ID-Name') || earliest('Caller-Caller-ID-Name'),
    },
    to: { number: plus(earliest('Caller-Destination-Number')), name: '' },
    startedUs: Math.min(created ?? first.atUs, first.atUs),
    lastUs: events.at(-1)?.atUs ?? first.atUs,
    ...(ringing === undefined ? {} : { ringingUs: ringing }),
    ...(answered === undefined ? {} : { answeredUs: answered }),
    ...(ended === undefined ? {} : { endedUs: ended.atUs }),
    ...(cause === '' ? {} : { hangupCause: cause }),
    disposition: last('variable_sip_hangup_disposition'),
    ...(gateway === '' ? {} : { gateway }),
    ...(farAddress === '' ? {} : { farAddress }),
  };
}

/** The Channel-Name and destination of an outbound leg keep "%2B" for "+" even in JSON events. */
const plus = (text: string): string => text.replaceAll('%2B', '+');

/** The first non-zero µs time of these headers; 0 means "never" to FreeSWITCH. */
function timeOf(events: readonly { headers: EventHeaders }[], ...headers: readonly string[]): number | undefined {
  for (const { headers: all } of events) {
    for (const header of headers) {
      const value = Number(headerOf(all, header));
      if (value > 0) return value;
    }
  }
  return undefined;
}
