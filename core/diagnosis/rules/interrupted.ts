import { headerOf } from '../../model/capture-event.ts';
import { causeIn, citeCause, citeEvent, citeGap } from '../cite.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/**
 * The switch went down in the middle of the call: it was shut down, or it came back as another process, which took the call up
 * again (`variable_recovered`) or never spoke of it.
 */
export const interrupted: Rule = ({ legs, gaps, facts }) => {
  const events = legs.flatMap((leg) => leg.events);
  const shutdowns = events.filter((event) => causeIn(event) === 'SYSTEM_SHUTDOWN');
  const recovered = events.filter(({ headers }) => headerOf(headers, 'variable_recovered') === 'true');
  const restarts = gaps.filter(({ reason, sinceUs }) => reason === 'restarted' && sinceUs >= facts.startedUs);
  const isLost = facts.outcome === 'interrupted';
  if (shutdowns.length === 0 && recovered.length === 0 && !(isLost && restarts.length > 0)) return [];
  const nodes = [...new Set([...shutdowns, ...recovered, ...restarts].map(({ node }) => node))].join(', ');
  const sentence =
    shutdowns.length > 0
      ? `${nodes} was shut down during the call and ended it.`
      : recovered.length > 0
        ? `${nodes} went down during the call, started anew and took the call up again.`
        : `${nodes} went down during the call, started anew and never spoke of the call again.`;
  const verdict: Verdict = {
    id: 'interrupted',
    sentence,
    cause: 'switch',
    side: 'switch',
    confidence: 0.95,
    evidence: [
      ...shutdowns.map(citeCause),
      ...recovered.map((event) => citeEvent(event, 'variable_recovered')),
      ...restarts.map(citeGap),
    ],
    checked: recovered.length > 0 ? [] : ['No BYE of either party came before the switch went down.'],
    refutedBy: 'The same Core-UUID before and after.',
    next: 'Look at why the switch went down at that moment: its own log, the kernel log (out of memory), a deployment.',
  };
  return [verdict];
};
