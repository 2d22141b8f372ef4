import type { Matched, Role, SearchHit } from '../api.ts';
import { between, duration } from '../format.ts';

/** In whose place a number stood, and what the place is called. */
const PLACES: Readonly<Record<Role, readonly [as: string, name: string]>> = {
  from: ['caller', 'From'],
  'p-asserted-identity': ['caller', 'P-Asserted-Identity'],
  'remote-party-id': ['caller', 'Remote-Party-ID'],
  caller: ['caller', 'channel'],
  ani: ['caller', 'ANI'],
  caller_name: ['caller', 'caller name'],
  to: ['called', 'To'],
  request: ['called', 'Request-URI'],
  destination: ['called', 'channel'],
  callee: ['called', 'callee'],
  diversion: ['diverted by', 'Diversion'],
  'refer-to': ['transferred to', 'Refer-To'],
  hop: ['seen at', 'hop'],
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
      const [as, name] = PLACES[role] ?? ['found', role];
      const places = byPart.get(as) ?? [];
      if (!places.includes(name)) places.push(name);
      byPart.set(as, places);
    }
    return [...byPart].map(([as, places]) => ({ as, written: form.written, places: places.join(', ') }));
  });
}

const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinal = new Intl.PluralRules('en', { type: 'ordinal' });
const nth = (number: number): string => `${number}${ENDINGS[ordinal.select(number)] ?? 'th'}`;

/** "3rd try within 1 min 40 s", "1st of 3 tries"; "" for a call that is no try. */
export function triesText({ tries, startedAt }: Pick<SearchHit, 'tries' | 'startedAt'>): string {
  if (tries === null) return '';
  const us = between(tries.since, startedAt);
  if (tries.number === 1 || us === undefined) return `${nth(tries.number)} of ${tries.total} tries`;
  return `${nth(tries.number)} try within ${duration(us)}`;
}
