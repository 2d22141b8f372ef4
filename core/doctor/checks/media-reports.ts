import { type Check, type Finding, LEAST } from '../check.ts';
import { isInviteAnswer, mediaAddressIn } from '../media-in.ts';
import type { SensorSeen, SiteSeen } from '../site.ts';

/** An Asterisk carries media, and so does a proxy that writes other addresses into the SDP: does anybody report on it? */
export const mediaReports: Check = {
  id: 'media_reports',
  title: 'Media reports (RTCP)',
  weight: 'useful',
  why: 'Loss, jitter, MOS and one-way audio of these calls cannot be told: SIP says nothing of how it sounded.',
  remedies: [
    {
      system: 'rtpengine',
      of: ['Kamailio', 'OpenSIPS'],
      file: 'rtpengine.conf',
      lines: 'homer = CALLTRAIL:9060\nhomer-protocol = udp\nhomer-id = 2001',
    },
    { system: 'Asterisk', file: 'modules.conf', lines: 'load => res_hep.so\nload => res_hep_rtcp.so' },
  ],
  look: (site) => site.sensors.flatMap((sensor) => findingOf(sensor, site)),
};

function findingOf({ name, software, address, messages }: SensorSeen, { sensors }: SiteSeen): Finding[] {
  if (software === undefined || software === 'FreeSWITCH') return [];
  const answered = new Set(messages.filter(isInviteAnswer).map(({ callId }) => callId));
  const relayed = software === 'Asterisk' ? answered : relayedOf(messages, address, answered);
  // A proxy that hands addresses on has no media.
  if (relayed.size === 0) return [];
  const reported = new Set(sensors.flatMap(({ reports }) => reports.map(({ callId }) => callId)));
  const has = [...relayed].filter((callId) => reported.has(callId)).length;
  const saw = `${has} of ${relayed.size} answered legs with a report`;
  // A call that is over before the first interval of five seconds has none.
  const state = has > 0 ? 'fine' : relayed.size < LEAST ? 'unknown' : 'missing';
  return [{ of: name, state, saw, software }];
}

/** Answered legs whose offer left the proxy with another address than it came with. */
function relayedOf(messages: SensorSeen['messages'], address: string, answered: ReadonlySet<string>): Set<string> {
  const [came, left] = [new Map<string, string>(), new Map<string, string>()];
  for (const message of messages) {
    const media = message.sip.request && message.sip.method === 'INVITE' ? mediaAddressIn(message) : '';
    if (media !== '') (message.srcIp === address ? left : came).set(message.callId, media);
  }
  return new Set(
    [...answered].filter((callId) => came.has(callId) && left.has(callId) && came.get(callId) !== left.get(callId)),
  );
}
