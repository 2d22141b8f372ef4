import { allHeaders } from '../../model/headers.ts';
import { type Check, type Finding, judged } from '../check.ts';
import type { NodeSeen } from '../site.ts';

/** Whether members of a conference are told with their variables. */
export const conferenceEvents: Check = {
  id: 'conference_events',
  title: 'Conference events with variables',
  weight: 'useful',
  why: 'A member is known by channel and number alone; the variables that a site carries from leg to leg are not in the event.',
  remedies: [
    {
      system: 'FreeSWITCH',
      file: 'autoload_configs/conference.conf.xml, in each <profile>',
      lines: '<param name="verbose-events" value="true"/>',
    },
  ],
  look: ({ nodes }) => nodes.flatMap((node) => (node.software === 'FreeSWITCH' ? [findingOf(node)] : [])),
};

function findingOf({ name, events, software }: NodeSeen): Finding {
  const members = events.filter(({ subclass, channel }) => subclass === 'conference::maintenance' && channel !== '');
  const verbose = members.filter(({ headers }) =>
    Object.keys(allHeaders(headers)).some((header) => header.startsWith('variable_')),
  );
  return { ...judged(name, verbose.length, members.length, 'events of members that have variables'), software };
}
