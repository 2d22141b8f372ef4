import { type Check, type Finding, LEAST } from '../check.ts';
import type { SensorSeen, SiteSeen } from '../site.ts';

/**
 * topoh and topology_hiding give a call another Call-ID on its way out, and leave the tag of its caller as it is: one INVITE under
 * two Call-IDs in the same moment, one at the proxy and one at it or behind it.
 */
const MOMENT_US = 2_000_000;

export const disguised: Check = {
  id: 'topology_hiding',
  title: 'The secret of disguised Call-IDs',
  weight: 'needed',
  why: 'The two sides of a proxy that disguises Call-IDs are two calls.',
  remedies: [
    {
      system: 'Calltrail',
      file: 'calltrail.yaml: topoh’s mask_key, or th_callid_passwd of OpenSIPS',
      lines: `correlation:\n  topologyHiding:\n    - { kind: kamailio, secret: "\${MASK_KEY}" }  # or kind: opensips`,
    },
    {
      system: 'Kamailio',
      file: 'kamailio.cfg, where the secret cannot be given: the inner Call-ID as correlation id',
      lines: 'sip_trace("sip:CALLTRAIL:9060", "$ci");',
    },
  ],
  look: (site) => site.sensors.flatMap((sensor) => findingOf(sensor, site)),
};

function findingOf({ name, software, messages }: SensorSeen, site: SiteSeen): Finding[] {
  if (software !== 'Kamailio' && software !== 'OpenSIPS') return [];
  const own = new Set(messages.map(({ callId }) => callId));
  const all = invitesByTag(site).filter((callIds) => callIds.some((callId) => own.has(callId)));
  const disguises = all.filter(({ length }) => length > 1);
  const read = disguises.filter((callIds) => callIds.some((one) => callIds.includes(site.unmask(one) ?? ''))).length;
  const saw =
    disguises.length === 0
      ? `no disguised Call-ID among ${all.length} INVITEs`
      : `${read} of ${disguises.length} disguised Call-IDs can be read, of ${all.length} INVITEs`;
  if (all.length < LEAST) return [{ of: name, state: 'unknown', saw, software }];
  return [{ of: name, state: read === disguises.length ? 'fine' : 'missing', saw, software }];
}

/** The Call-IDs of each INVITE, wherever it was seen. */
function invitesByTag({ sensors }: SiteSeen): (readonly string[])[] {
  const first = new Map<string, Map<string, number>>();
  for (const { sip, callId, atUs } of sensors.flatMap(({ messages }) => messages)) {
    if (!sip.request || sip.method !== 'INVITE' || sip.from.tag === '') continue;
    const key = `${sip.from.tag} ${sip.from.user} ${sip.cseq}`;
    const callIds = first.get(key) ?? new Map<string, number>();
    callIds.set(callId, Math.min(atUs, callIds.get(callId) ?? atUs));
    first.set(key, callIds);
  }
  return [...first.values()].map((callIds) => {
    const since = Math.min(...callIds.values());
    return [...callIds].filter(([, atUs]) => atUs - since <= MOMENT_US).map(([callId]) => callId);
  });
}
