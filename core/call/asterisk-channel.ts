import { headerOf } from '../model/capture-event.ts';
import type { Channel } from './channel.ts';
import type { EventFact } from './read/facts.ts';

/** What AMI's events of one Asterisk channel say about it. They are oldest first. */
export function summariseAsteriskChannel(uuid: string, events: readonly EventFact[]): Channel | undefined {
  const first = events[0];
  if (first === undefined) return undefined;
  const earliest = (header: string): string => {
    for (const { headers } of events) {
      const value = headerOf(headers, header);
      // "<unknown>" stands for no value, "s" for no dialled extension.
      if (value !== '' && !value.startsWith('<') && value !== 's') return value;
    }
    return '';
  };
  const born = events.find((event) => event.name === 'Newchannel');
  const hangup = events.find((event) => event.name === 'Hangup');
  const state = (name: string): EventFact | undefined =>
    events.find((event) => event.name === 'Newstate' && headerOf(event.headers, 'ChannelStateDesc') === name);
  const ringing = state('Ringing');
  const answered = state('Up');
  const cause = hangup === undefined ? '' : headerOf(hangup.headers, 'Cause-txt');
  const name = earliest('Channel');
  // "PJSIP/carrier-0000001f": technology, endpoint, number of the channel.
  const endpoint = /^(?:PJSIP|SIP)\/(.+)-[0-9a-f]{8}$/.exec(name)?.[1];
  return {
    uuid,
    node: first.node,
    coreUuids: [],
    name,
    direction: born === undefined ? '' : isInbound(born) ? 'inbound' : 'outbound',
    from: { number: earliest('CallerIDNum'), name: earliest('CallerIDName') },
    to: { number: earliest('Exten'), name: '' },
    startedUs: first.atUs,
    lastUs: events.at(-1)?.atUs ?? first.atUs,
    ...(ringing === undefined ? {} : { ringingUs: ringing.atUs }),
    ...(answered === undefined ? {} : { answeredUs: answered.atUs }),
    ...(hangup === undefined ? {} : { endedUs: hangup.atUs }),
    // "Normal Clearing", as FreeSWITCH writes the same Q.850 cause.
    ...(cause === '' ? {} : { hangupCause: cause.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_') }),
    disposition: '',
    ...(endpoint === undefined ? {} : { gateway: endpoint }),
  };
}

/** A channel that Asterisk made itself has no extension yet, or was made on behalf of another one. */
function isInbound({ headers }: EventFact): boolean {
  const exten = headerOf(headers, 'Exten');
  return headerOf(headers, 'Linkedid') === headerOf(headers, 'Uniqueid') && exten !== '' && exten !== 's';
}
