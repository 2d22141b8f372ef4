import { type Check, type Finding, LEAST } from '../check.ts';
import type { SensorSeen } from '../site.ts';

/** A sensor under a default id is told apart by the address that it sends from (collector/hep/sensor-name.ts). */
const UNSET = /^hep (?:0|1|200)@/;

export const captureId: Check = {
  id: 'capture_id',
  title: 'A capture id of its own for each box',
  weight: 'needed',
  why: 'Boxes with the default id are told apart by address alone: behind one NAT, or after a move, two of them are one sensor.',
  remedies: [
    { system: 'Kamailio', file: 'kamailio.cfg', lines: 'modparam("siptrace", "hep_capture_id", 101)' },
    { system: 'OpenSIPS', file: 'opensips.cfg', lines: 'modparam("proto_hep", "hep_capture_id", 501)' },
    {
      system: 'FreeSWITCH',
      file: 'autoload_configs/sofia.conf.xml, in <global_settings>',
      lines: '<param name="capture-server" value="udp:CALLTRAIL:9060;hep=3;capture_id=201"/>',
    },
    { system: 'Asterisk', file: 'hep.conf', lines: '[general]\ncapture_id = 401\ncapture_name = ast1' },
    { system: 'rtpengine', file: 'rtpengine.conf', lines: 'homer-id = 2001' },
  ],
  look: ({ sensors }) => sensors.flatMap(findingOf),
};

function findingOf({ name, software, messages, reports }: SensorSeen): Finding[] {
  const packets = messages.length + reports.length;
  if (!name.startsWith('hep ') && software === undefined) return [];
  const state = packets < LEAST ? 'unknown' : UNSET.test(name) ? 'missing' : 'fine';
  const saw = `${packets} packets as "${name}"`;
  return [{ of: name, state, saw, software }];
}
