import { headerOf } from '../../model/headers.ts';
import { type Check, type Finding, judged } from '../check.ts';
import { callIdIn, type NodeSeen } from '../site.ts';

const SIP_CHANNEL = /^(?:PJSIP|SIP)\//;

/** Asterisk tells the Call-ID of a channel only when two are bridged, unless it is asked or the dialplan says it. */
export const asteriskCallIds: Check = {
  id: 'asterisk_call_ids',
  title: 'The Call-ID of each Asterisk channel',
  weight: 'needed',
  why: 'Calls that fail, wait in a queue or sit in a conference have SIP and events that belong to nobody: they are never joined.',
  remedies: [
    {
      system: 'Calltrail',
      file: 'calltrail.yaml',
      lines: 'collector:\n  asterisk:\n    - { name: ast1, …, askCallIds: true }',
    },
    {
      system: 'Asterisk',
      file: 'extensions.conf, for incoming calls and in a subroutine of Dial’s option b()',
      lines: `same => n,Set(SIPCALLID=\${CHANNEL(pjsip,call-id)})`,
    },
  ],
  look: ({ nodes }) => nodes.flatMap((node) => (node.software === 'Asterisk' ? [findingOf(node)] : [])),
};

function findingOf({ name, events, software }: NodeSeen): Finding {
  const channels = new Set<string>();
  const told = new Set<string>();
  for (const event of events) {
    if (event.name === 'Newchannel' && SIP_CHANNEL.test(headerOf(event.headers, 'Channel')))
      channels.add(event.channel);
    if (callIdIn(event) !== '') told.add(event.channel);
  }
  const known = [...channels].filter((channel) => told.has(channel)).length;
  return { ...judged(name, known, channels.size, 'channels whose own Call-ID was told', 0.8), software };
}
