import type { Check, Finding } from '../check.ts';
import type { NodeSeen, SiteSeen } from '../site.ts';

const TRANSFER = /^sofia::(transferor|transferee|replaced|intercepted)$/;

/** One may have been refused; two of which nothing was told were not. */
const LEAST = 2;

/** A REFER came to a FreeSWITCH: did it say which channels it made of it? */
export const transferEvents: Check = {
  id: 'transfer_events',
  title: 'Transfer events',
  weight: 'useful',
  why: 'Who transferred whom is then read from REFER and Replaces alone, which a sensor on that hop must have seen.',
  remedies: [
    {
      system: 'FreeSWITCH',
      file: 'sip_profiles/*.xml, in <settings>',
      lines: '<param name="fire-transfer-events" value="true"/>',
    },
  ],
  look: (site) => site.nodes.flatMap((node) => (node.software === 'FreeSWITCH' ? [findingOf(node, site)] : [])),
};

function findingOf({ name, events, software }: NodeSeen, { sensors, namedBy }: SiteSeen): Finding {
  const referred = new Set(
    sensors.flatMap(({ messages }) =>
      messages.flatMap(({ sip, callId }) =>
        sip.request && sip.method === 'REFER' && namedBy.get(callId) === name ? [callId] : [],
      ),
    ),
  );
  const told = events.filter(({ subclass }) => TRANSFER.test(subclass)).length;
  const saw = `${told} transfer events, ${referred.size} legs with REFER`;
  if (told > 0) return { of: name, state: 'fine', saw, software };
  return { of: name, state: referred.size < LEAST ? 'unknown' : 'missing', saw, software };
}
