import { type Check, type Finding, LEAST } from '../check.ts';
import type { SensorSeen } from '../site.ts';

/** As Asterisk names a channel; a restarted one gives the same names again. */
const CHANNEL_NAME = /^(?:PJSIP|SIP)\//;

export const correlationId: Check = {
  id: 'asterisk_uuid_type',
  title: 'The Call-ID as Asterisk’s correlation id',
  weight: 'needed',
  why: 'A channel’s name is used again after a restart, so nothing is joined by it, and media reports are filed under no call.',
  remedies: [{ system: 'Asterisk', file: 'hep.conf', lines: '[general]\nuuid_type = call-id' }],
  look: ({ sensors }) => sensors.flatMap(findingOf),
};

function findingOf({ name, software, messages, reports }: SensorSeen): Finding[] {
  if (software !== 'Asterisk') return [];
  const said = [...messages, ...reports].filter((packet) => packet.correlationId !== '');
  const names = said.filter((packet) => CHANNEL_NAME.test(packet.correlationId)).length;
  const saw = `${names} of ${said.length} packets with a channel’s name instead of a Call-ID`;
  const state = names > 0 ? 'missing' : said.length < LEAST ? 'unknown' : 'fine';
  return [{ of: name, state, saw, software }];
}
