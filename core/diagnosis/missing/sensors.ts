import type { SeenMessage } from '../../call/copies.ts';
import { byTime } from '../attempts.ts';
import type { Case } from '../case.ts';
import { citeMessage } from '../cite.ts';
import type { Cited } from '../verdict.ts';
import { type Chance, sensorsOf, type What } from './chance.ts';
import { type Habits, unusedBy } from './habits.ts';
import type { Missing } from './missing.ts';
import type { Stretches } from './stretches.ts';

/** What sensors usually report at their address and did not report of this call. */
export function missedBySensors(
  all: Case,
  chances: readonly Chance[],
  habits: Habits,
  stretches: Stretches,
): Missing[] {
  const onWire = chances.filter(({ what }) => what !== 'channel');
  const present = sensorsOf(all.legs.flatMap(({ messages }) => messages));
  return [...unusedBy(onWire, habits)].flatMap(([source, chancesOfIt]): Missing[] => {
    const stream = 'packets' as const;
    const missed = onceEach(chancesOfIt).filter((chance) => {
      const { sinceUs, untilUs } = chance;
      const hops = [hopOf(chance)];
      return !stretches.explain({ source, stream, sinceUs, untilUs, hops, evidence: evidenceOf([chance]) });
    });
    if (missed.length === 0) return [];
    const hops = [...new Set(missed.map(hopOf))];
    const legs = [...new Set(missed.map(({ leg }) => leg))];
    const common = { source, stream, hops, legs, evidence: evidenceOf(missed) };
    if (!present.has(source)) {
      return [
        {
          ...common,
          ...{ id: 'sensor_missing', sinceUs: all.facts.startedUs, untilUs: all.facts.lastUs },
          sentence: `Sensor ${source} reported nothing of this call, though ${counted(hops.length)} passed where it usually reports: what it would have shown is not known.`,
        },
      ];
    }
    return [
      {
        ...common,
        id: 'sensor_incomplete',
        sinceUs: Math.min(...missed.map((one) => one.sinceUs)),
        untilUs: Math.max(...missed.map((one) => one.untilUs)),
        sentence: `Sensor ${source} reported this call in part: ${counted(hops.length)} passed where it usually reports and ${hops.length === 1 ? 'is' : 'are'} not there.`,
      },
    ];
  });
}

/** What a leg must have had somewhere, in words for a person, and the messages on a hop that say the same and more. */
const SOMEWHERE: Partial<Record<What, { readonly words: string; readonly known: RegExp }>> = {
  route: { words: 'something of the dialog', known: /./ },
  dialog: { words: 'something of the dialog', known: /./ },
  begin: { words: 'the INVITE that began the dialog', known: /^INVITE request$/ },
  end: { words: 'the BYE that ended the dialog', known: /^BYE request$/ },
  next: { words: 'the request whose CSeq was skipped', known: / request$/ },
};

/** A message that is known by its hop is not counted again for what its leg must have had. */
function onceEach(chances: readonly Chance[]): readonly Chance[] {
  const onHops = chances.filter(({ what }) => SOMEWHERE[what] === undefined);
  return chances.filter((chance) => {
    const somewhere = SOMEWHERE[chance.what];
    return somewhere === undefined || !onHops.some(({ leg, what }) => leg === chance.leg && somewhere.known.test(what));
  });
}

const hopOf = ({ what, from, to }: Chance): string =>
  `${SOMEWHERE[what]?.words ?? what}${from[0] === undefined ? '' : ` from ${from[0]}`}${to[0] === undefined ? '' : ` to ${to[0]}`}`;

const evidenceOf = (missed: readonly Chance[]): Cited[] =>
  uniqueBy(missed.flatMap(({ because }) => because)).flatMap((seen) => citeMessage(seen));

const uniqueBy = (messages: readonly SeenMessage[]): SeenMessage[] =>
  [...new Map(messages.map((seen) => [seen.message.id, seen])).values()].sort(byTime);

const counted = (count: number): string => (count === 1 ? 'one message' : `${count} messages`);
