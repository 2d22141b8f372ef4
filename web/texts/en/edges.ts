/** Why the legs are one call, what is related to it, and what sources missed. */
export const edges = {
  whyOneCall: 'Why one call',
  tiers: { switch: 'the switch says so', protocol: 'SIP says so', wire: 'seen on the wire', guess: 'a guess' },
  kinds: { 'call-id': 'Call-ID', channel: 'channel', value: 'value', bridge: 'bridge', hub: 'meeting point' },
  proofAt: (time: string): string => `Proof at ${time}`,
  evidence: 'Evidence',
  rule: 'Rule',
  held: 'Held',
  proof: 'Proof',
  at: (time: string): string => `at ${time}`,

  relatedCalls: 'Related calls',

  missed: (stream: string, node: string, since: string, until: string, reason: string): string =>
    `The ${stream} of ${node} are missing from ${since} to ${until}: ${reason}.`,
  missedBecause: {
    disconnected: 'not connected',
    lost_events: 'events were lost on the way',
    sequence: 'numbers of events are missing',
    restarted: 'the switch restarted',
    no_heartbeat: 'no sign of life',
    reconfigured: 'its settings were changed',
  },
};
