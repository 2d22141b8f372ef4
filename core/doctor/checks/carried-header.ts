import { type Check, type Finding, judged } from '../check.ts';
import type { SensorSeen, SiteSeen } from '../site.ts';
import type { Software } from '../software.ts';

/** What sites and standards carry from leg to leg (docs/senders.md). */
const CARRIED = ['x-cid', 'x-call-id', 'session-id', 'p-charging-vector', 'user-to-user'];

const SWITCHES: readonly Software[] = ['FreeSWITCH', 'Asterisk'];

/** A switch whose events are not read: does anything in its INVITEs say which call they belong to? */
export const carriedHeader: Check = {
  id: 'carried_header',
  title: 'A header that is carried from leg to leg',
  weight: 'needed',
  why: 'Behind a switch without events each leg is a call of its own: nothing that is proven joins them.',
  remedies: [
    {
      system: 'Kamailio',
      of: SWITCHES,
      file: 'kamailio.cfg, before the switch',
      lines: 'if (!is_present_hf("X-CID")) append_hf("X-CID: $ci\\r\\n");',
    },
    {
      system: 'OpenSIPS',
      of: SWITCHES,
      file: 'opensips.cfg, before the switch',
      lines: 'if (!is_present_hf("X-CID")) append_hf("X-CID: $ci\\r\\n");',
    },
    {
      system: 'FreeSWITCH',
      file: 'dialplan: headers X-… are passed on unless this is false',
      lines: '<action application="export" data="sip_copy_custom_headers=true"/>',
    },
    {
      system: 'Asterisk',
      file: 'extensions.conf, in a subroutine of Dial’s option b()',
      lines: `same => n,Set(PJSIP_HEADER(add,X-CID)=\${XCID})  ; XCID was set by PJSIP_HEADER(read,X-CID)`,
    },
  ],
  look: (site) => site.sensors.flatMap((sensor) => findingOf(sensor, site)),
};

function findingOf({ name, software, address, messages }: SensorSeen, { namedBy }: SiteSeen): Finding[] {
  if (software !== 'FreeSWITCH' && software !== 'Asterisk') return [];
  const sent = new Map<string, boolean>();
  for (const { srcIp, callId, sip } of messages) {
    if (srcIp !== address || !sip.request || sip.method !== 'INVITE' || sip.to.tag !== '') continue;
    sent.set(callId, namedBy.has(callId) || CARRIED.some((header) => sip.header(header).length > 0));
  }
  const joined = [...sent.values()].filter((one) => one).length;
  return [{ ...judged(name, joined, sent.size, 'outbound legs that something joins to their call'), software }];
}
