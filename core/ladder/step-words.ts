import type { PairReason } from './pairs.ts';
import { plural } from './plural.ts';

/** The words of steps that are folded or compared. */

export const PAIR_WORDS: Readonly<Record<PairReason, string>> = {
  sent_on: 'sent on',
  received: 'received before it was sent on',
  before: 'what its channel said before',
  other_leg: 'the same on another leg',
  same_leg: 'the same on this leg',
};

/** Steps that are one line: "12 log lines", "3 events and 12 log lines". */
export function runText(steps: readonly { readonly step: { readonly kind: string } }[]): string {
  const logs = steps.filter(({ step }) => step.kind === 'log').length;
  const events = steps.length - logs;
  return [
    events === 0 ? '' : `${events} ${plural(events, 'event', 'events')}`,
    logs === 0 ? '' : `${logs} ${plural(logs, 'log line', 'log lines')}`,
  ]
    .filter((part) => part !== '')
    .join(' and ');
}
