import { type Check, type Finding, LEAST } from '../check.ts';
import type { SensorSeen } from '../site.ts';

/** A packet without a time is given that of its arrival; with one the two are hardly ever the same microsecond. */
const SAME = 0.95;

export const hepTime: Check = {
  id: 'hep_version',
  title: 'HEP version 3',
  weight: 'needed',
  why: 'Version 1 carries no time: messages stand in the order of their arrival, and two sensors of one message cannot be compared.',
  remedies: [
    {
      system: 'Kamailio',
      file: 'kamailio.cfg',
      lines: 'modparam("siptrace", "hep_mode_on", 1)\nmodparam("siptrace", "hep_version", 3)',
    },
    {
      system: 'OpenSIPS',
      file: 'opensips.cfg',
      lines: 'modparam("proto_hep", "hep_id", "[hep_dst]CALLTRAIL:9060;transport=udp;version=3")',
    },
    {
      system: 'FreeSWITCH',
      file: 'autoload_configs/sofia.conf.xml, in <global_settings>',
      lines: '<param name="capture-server" value="udp:CALLTRAIL:9060;hep=3;capture_id=201"/>',
    },
  ],
  look: ({ sensors }) => sensors.flatMap(findingOf),
};

function findingOf({ name, software, messages }: SensorSeen): Finding[] {
  if (messages.length === 0) return [];
  const without = messages.filter(({ atUs, arrivedUs }) => atUs === arrivedUs).length;
  const state = messages.length < LEAST ? 'unknown' : without >= SAME * messages.length ? 'missing' : 'fine';
  const saw = `${without} of ${messages.length} messages without a time of their own, or with one that is more than an hour off`;
  return [{ of: name, state, saw, software }];
}
