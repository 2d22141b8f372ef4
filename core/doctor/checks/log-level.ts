import { type Check, type Finding, LEAST } from '../check.ts';
import type { NodeSeen } from '../site.ts';

/** INFO: "receiving invite … call-id", "Hangup … [CAUSE]". */
const INFO = 6;

export const logLevel: Check = {
  id: 'log_level',
  title: 'Log lines down to INFO',
  weight: 'needed',
  why: 'The lines that name a Call-ID, the dialplan’s steps and the reason of a hang-up are INFO: without them the log beside the call says little.',
  remedies: [
    {
      system: 'Calltrail',
      file: 'calltrail.yaml; and no lower "loglevel" in the switch.conf.xml of that FreeSWITCH',
      lines: 'collector:\n  freeswitch:\n    - { name: fs1, …, logLevel: 6 }',
    },
    { system: 'FreeSWITCH', file: 'autoload_configs/switch.conf.xml', lines: '<param name="loglevel" value="info"/>' },
  ],
  look: ({ nodes }) => nodes.flatMap((node) => (node.software === 'FreeSWITCH' ? [findingOf(node)] : [])),
};

function findingOf({ name, events, lines, software }: NodeSeen): Finding {
  const channels = new Set(events.flatMap(({ channel }) => (channel === '' ? [] : [channel]))).size;
  const info = lines.filter(({ level }) => level >= INFO).length;
  const saw = `${info} lines of INFO and below in ${lines.length} lines of ${channels} channels`;
  if (info > 0) return { of: name, state: 'fine', saw, software };
  return { of: name, state: channels < LEAST ? 'unknown' : 'missing', saw, software };
}
