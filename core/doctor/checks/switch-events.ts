import { type Check, type Finding, judged } from '../check.ts';
import type { SensorSeen, SiteSeen } from '../site.ts';

/** Some legs are of nobody's channel (a call that is refused at once); a switch that is listened to names most. */
const SHARE = 0.3;

/** A switch reports SIP: are its events read as well? */
export const switchEvents: Check = {
  id: 'switch_events',
  title: 'Events of the switch',
  weight: 'needed',
  why: 'Without the events of a switch its two legs are two calls, or joined by a guess; queues, transfers and causes are not seen.',
  remedies: [
    {
      system: 'FreeSWITCH',
      file: 'autoload_configs/event_socket.conf.xml',
      lines: [
        '<param name="listen-ip" value="0.0.0.0"/>',
        '<param name="listen-port" value="8021"/>',
        '<param name="password" value="…"/>',
        '<param name="apply-inbound-acl" value="…"/>',
      ].join('\n'),
    },
    {
      system: 'FreeSWITCH',
      file: 'calltrail.yaml',
      lines: `collector:\n  freeswitch:\n    - { name: fs1, host: 192.0.2.31, port: 8021, password: "\${FS1_PASSWORD}" }`,
    },
    {
      system: 'Asterisk',
      file: 'manager.conf',
      lines: [
        '[calltrail]',
        'secret = …',
        'permit = 192.0.2.5/255.255.255.255',
        'read = system,call,agent,user,cdr,dialplan',
        'write = reporting',
      ].join('\n'),
    },
    {
      system: 'Asterisk',
      file: 'calltrail.yaml',
      lines: `collector:\n  asterisk:\n    - { name: ast1, host: 192.0.2.41, port: 5038, username: calltrail, password: "\${AST1_PASSWORD}" }`,
    },
  ],
  look: (site) => site.sensors.flatMap((sensor) => findingOf(sensor, site)),
};

function findingOf({ name, software, messages }: SensorSeen, { namedBy }: SiteSeen): Finding[] {
  if (software !== 'FreeSWITCH' && software !== 'Asterisk') return [];
  const callIds = new Set(messages.flatMap(({ sip, callId }) => (sip.method === 'INVITE' ? [callId] : [])));
  const named = [...callIds].filter((callId) => namedBy.has(callId));
  return [{ ...judged(name, named.length, callIds.size, 'legs that a channel is known of', SHARE), software }];
}
