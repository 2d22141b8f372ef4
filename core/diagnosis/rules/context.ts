import { headerOf } from '../../model/capture-event.ts';
import { citeEvent, citeLog } from '../cite.ts';
import { linesOf, refusalOf } from './refusal/refusal.ts';
import type { Rule } from './rule.ts';

const PROCESSING = /Processing .+ in context (\S+)/;

/**
 * The dialplan that the call was looked up in is not the one it belongs to: there is none of that name, or somebody who had
 * proven who he is was treated as a stranger (context "public") and found no way.
 */
export const wrongContext: Rule = (all) => {
  const refusal = refusalOf(all);
  if (refusal === undefined || refusal.by !== 'switch') return [];
  const unknown = linesOf(refusal, /Context .+ not found|Cannot find (a )?context|no such context/i);
  const processed = linesOf(refusal, PROCESSING);
  const context = PROCESSING.exec(processed[0]?.text ?? '')?.[1] ?? '';
  const known = refusal.leg.events.filter(({ headers }) => headerOf(headers, 'variable_sip_authorized') === 'true');
  const own = headerOf(known[0]?.headers ?? {}, 'variable_user_context');
  const isStranger =
    context === 'public' && known.length > 0 && own !== 'public' && refusal.cause === 'NO_ROUTE_DESTINATION';
  if (unknown.length === 0 && !isStranger) return [];
  return [
    {
      id: 'wrong_context',
      leg: refusal.leg.leg.id,
      sentence:
        unknown.length > 0
          ? `The switch has no dialplan context ${context === '' ? 'of the name it was told' : `"${context}"`}.`
          : `A known user was looked up in context "public"${own === '' ? '' : ` instead of "${own}"`}, where nothing fits the number.`,
      cause: 'routing',
      side: 'switch',
      confidence: unknown.length > 0 ? 0.95 : 0.8,
      evidence: [
        ...unknown.map(citeLog),
        ...(isStranger ? processed.map(citeLog) : []),
        ...(isStranger ? known.map((event) => citeEvent(event, 'variable_sip_authorized')) : []),
      ],
      checked: ['No extension of that context took the call.'],
      refutedBy: 'The same number refused in the right context as well.',
      next: 'Look at the context of the profile and at user_context of the user or gateway; the log shows every extension tried.',
    },
  ];
};
