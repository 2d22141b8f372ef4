import { type Check, type Finding, LEAST } from '../check.ts';
import type { SensorSeen } from '../site.ts';

export const proxyLog: Check = {
  id: 'proxy_log',
  title: 'Log lines of the proxy',
  weight: 'useful',
  why: 'Why the script refused or routed a call is in its log alone, and that is not beside the call.',
  remedies: [
    {
      system: 'Kamailio',
      file: 'kamailio.cfg',
      lines: 'modparam("siptrace", "hep_mode_on", 1)\nhlog("$ci", "$rm to $ru from $si");',
    },
    { system: 'OpenSIPS', file: 'opensips.cfg', lines: 'trace("tid", "D", "sip|xlog");' },
  ],
  look: ({ sensors }) => sensors.flatMap(findingOf),
};

function findingOf({ name, software, messages, lines }: SensorSeen): Finding[] {
  if (software !== 'Kamailio' && software !== 'OpenSIPS') return [];
  const state = lines.length > 0 ? 'fine' : messages.length < LEAST ? 'unknown' : 'missing';
  return [{ of: name, state, saw: `${lines.length} lines beside ${messages.length} messages`, software }];
}
