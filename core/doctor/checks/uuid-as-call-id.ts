import { groupBy } from '../../model/group-by.ts';
import { headerOf } from '../../model/headers.ts';
import { type Check, type Finding, judged } from '../check.ts';
import type { SampledEvent } from '../sample.ts';
import { callIdIn, type NodeSeen } from '../site.ts';

/** FreeSWITCH names an outbound leg's Call-ID with the first response to it, unless it is made of the channel's UUID. */
export const uuidAsCallId: Check = {
  id: 'uuid_as_call_id',
  title: 'Outbound Call-IDs made of the channel’s UUID',
  weight: 'useful',
  why: 'An outbound leg joins its call only when the first response has come; an INVITE that nobody answers stays a call of its own.',
  remedies: [
    {
      system: 'FreeSWITCH',
      file: 'sip_profiles/*.xml, in <settings>; never together with inbound-use-callid-as-uuid on the FreeSWITCH behind it',
      lines: '<param name="outbound-use-uuid-as-callid" value="true"/>',
    },
  ],
  look: ({ nodes }) => nodes.flatMap((node) => (node.software === 'FreeSWITCH' ? findingsOf(node) : [])),
};

/** A setting of each profile: the second part of a channel's name. */
function findingsOf({ name, events, software }: NodeSeen): Finding[] {
  const profiles = new Map<string, { outbound: number; same: number }>();
  for (const [channel, own] of groupBy(events, (event) => event.channel)) {
    const profile = own.map(outboundProfileOf).find((one) => one !== undefined);
    const callId = own.map(callIdIn).find((text) => text !== '');
    // One that was never sent, or got no response, says nothing of how it would have been called.
    if (channel === '' || profile === undefined || callId === undefined) continue;
    const counts = profiles.get(profile) ?? { outbound: 0, same: 0 };
    profiles.set(profile, counts);
    counts.outbound += 1;
    if (callId === channel || callId.startsWith(`${channel}@`)) counts.same += 1;
  }
  return [...profiles].map(([profile, { outbound, same }]) => {
    const finding = judged(`${name}, profile ${profile}`, same, outbound, 'outbound legs whose Call-ID is the UUID');
    // The two are never the same by chance, however few were seen.
    return { ...finding, state: same === outbound ? 'fine' : finding.state, software };
  });
}

function outboundProfileOf({ headers }: SampledEvent): string | undefined {
  if (headerOf(headers, 'Call-Direction') !== 'outbound') return undefined;
  return /^sofia\/([^/]+)\//.exec(headerOf(headers, 'Channel-Name'))?.[1];
}
