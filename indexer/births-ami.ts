import { type ChannelEventSeen, headerOf } from '../core/model/capture-event.ts';
import { channelNode } from '../core/model/edge.ts';
import { partyKey } from '../core/model/number.ts';
import type { Birth } from './derived.ts';

/**
 * Asterisk does not say which Call-ID a channel speaks, but when the channel began and which number it was for: an
 * inbound channel in Newchannel, an outbound one when it is dialled.
 */
export function birthsOfAmi(event: ChannelEventSeen): Birth[] {
  const { headers, id, atUs } = event;
  const of = (header: string): string => {
    const value = headerOf(headers, header);
    return value.startsWith('<') ? '' : value;
  };
  const evidence = { table: 'events', id, atUs } as const;
  const birth = (uuid: string, direction: Birth['direction'], from: string, to: string, parent: string): Birth[] => {
    const toKey = partyKey(to);
    if (uuid === '' || toKey === '') return [];
    return [
      {
        node: channelNode(uuid),
        switch: event.node,
        direction,
        fromKey: partyKey(from),
        toKey,
        parent,
        evidence,
        atUs,
      },
    ];
  };
  if (event.name === 'Newchannel' && isSip(of('Channel')) && of('Exten') !== 's') {
    return birth(of('Uniqueid'), 'inbound', of('CallerIDNum'), of('Exten'), '');
  }
  if (event.name === 'DialBegin' && isSip(of('DestChannel'))) {
    const to = userOf(of('DialString')) || of('DestExten');
    return birth(of('DestUniqueid'), 'outbound', of('CallerIDNum'), to, of('Uniqueid'));
  }
  return [];
}

const isSip = (channel: string): boolean => channel.startsWith('PJSIP/') || channel.startsWith('SIP/');

/** The user of "trunk/sip:02188883001@192.0.2.1:5060" or "02188883001@trunk"; "" when the string names none. */
function userOf(dialString: string): string {
  const uri = dialString.slice(dialString.lastIndexOf('/') + 1);
  const at = uri.indexOf('@');
  return at === -1 ? '' : uri.slice(0, at).replace(/^sips?:/, '');
}
