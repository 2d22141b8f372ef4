import { type Check, type Finding, LEAST } from '../check.ts';
import type { SampledPacket } from '../sample.ts';
import type { SensorSeen } from '../site.ts';

/** A retransmission comes after T1, half a second (RFC 3261 §17.1.1.2); a second trace of one sending at once. */
const AT_ONCE_US = 100_000;
/** A few are sent twice by a sender with two routes, or a broken timer. */
const SHARE = 0.25;

export const tracedTwice: Check = {
  id: 'traced_twice',
  title: 'Each message traced once',
  weight: 'needed',
  why: 'Each message stands twice in the store and counts as a retransmission: ladders, verdicts and disk pay for it.',
  remedies: [
    {
      system: 'Kamailio',
      file: 'kamailio.cfg: either this, or sip_trace() in the script, not both',
      lines: 'modparam("siptrace", "trace_mode", 1)',
    },
    { system: 'OpenSIPS', file: 'opensips.cfg', lines: 'trace("tid", "D", "sip");  # once a dialog' },
    {
      system: 'FreeSWITCH',
      file: 'sip_profiles/*.xml: once a profile',
      lines: '<param name="sip-capture" value="yes"/>',
    },
  ],
  look: ({ sensors }) => sensors.flatMap(findingOf),
};

function findingOf({ name, software, messages }: SensorSeen): Finding[] {
  if (messages.length === 0) return [];
  const last = new Map<string, number>();
  let again = 0;
  for (const message of [...messages].sort((a, b) => a.atUs - b.atUs)) {
    const key = keyOf(message);
    const before = last.get(key);
    last.set(key, message.atUs);
    if (before !== undefined && message.atUs - before < AT_ONCE_US) again += 1;
  }
  // Of two copies one is the second.
  const state = messages.length < LEAST ? 'unknown' : 2 * again >= SHARE * messages.length ? 'missing' : 'fine';
  const saw = `${again} of ${messages.length} messages reported again at once`;
  return [{ of: name, state, saw, software }];
}

const keyOf = ({ srcIp, dstIp, payload }: SampledPacket): string => `${srcIp} ${dstIp} ${payload.toString('latin1')}`;
