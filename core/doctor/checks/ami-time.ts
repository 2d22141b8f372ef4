import { headerOf } from '../../model/headers.ts';
import { type Check, type Finding, judged } from '../check.ts';
import type { NodeSeen } from '../site.ts';

export const amiTime: Check = {
  id: 'ami_timestamps',
  title: 'Asterisk’s events with their time',
  weight: 'needed',
  why: 'Events have the time of their arrival, stand among the messages where they do not belong, and a second delivery of one is not recognised.',
  remedies: [{ system: 'Asterisk', file: 'manager.conf', lines: '[general]\ntimestampevents = yes' }],
  look: ({ nodes }) => nodes.flatMap((node) => (node.software === 'Asterisk' ? [findingOf(node)] : [])),
};

function findingOf({ name, events, software }: NodeSeen): Finding {
  const timed = events.filter(({ headers }) => headerOf(headers, 'Timestamp') !== '').length;
  return { ...judged(name, timed, events.length, 'events with a timestamp'), software };
}
