import type { Matched, Role, SearchHit } from '../api.ts';
import { between, duration } from '../format.ts';
import { texts } from '../texts/language.ts';

const words = texts.search;

/** In whose place a number stood, and what the place is called. */
const PLACES: Readonly<Record<Role, readonly [as: string, name: string]>> = {
  from: [words.caller, 'From'],
  'p-asserted-identity': [words.caller, 'P-Asserted-Identity'],
  'remote-party-id': [words.caller, 'Remote-Party-ID'],
  caller: [words.caller, words.channel],
  ani: [words.caller, words.ani],
  caller_name: [words.caller, words.callerName],
  to: [words.called, 'To'],
  request: [words.called, 'Request-URI'],
  destination: [words.called, words.channel],
  callee: [words.called, words.callee],
  diversion: [words.divertedBy, 'Diversion'],
  'refer-to': [words.transferredTo, 'Refer-To'],
  hop: [words.seenAt, words.hop],
};

/** A written form with all places where it stood, by who it was there: "caller" in "From, P-Asserted-Identity". */
export interface FormWords {
  readonly as: string;
  readonly written: string;
  readonly places: string;
}

export function formsOf(matched: readonly Matched[]): FormWords[] {
  return matched.flatMap((form) => {
    const byPart = new Map<string, string[]>();
    for (const role of form.in) {
      const [as, name] = PLACES[role] ?? [words.found, role];
      const places = byPart.get(as) ?? [];
      if (!places.includes(name)) places.push(name);
      byPart.set(as, places);
    }
    return [...byPart].map(([as, places]) => ({ as, written: form.written, places: places.join(', ') }));
  });
}

/** "3rd try within 1 min 40 s", "1st of 3 tries"; "" for a call that is no try. */
export function triesText({ tries, startedAt }: Pick<SearchHit, 'tries' | 'startedAt'>): string {
  if (tries === null) return '';
  const us = between(tries.since, startedAt);
  if (tries.number === 1 || us === undefined) return words.firstOf(tries.number, tries.total);
  return words.tryWithin(tries.number, duration(us));
}
