import type { Case, CaseLeg } from '../case.ts';
import { citeEvent, citeMessage } from '../cite.ts';
import type { Cited } from '../verdict.ts';
import type { Chance } from './chance.ts';
import { type EventHole, holesOf } from './channel-events.ts';
import { type Habits, unusedBy } from './habits.ts';
import { NEVER, OPEN } from './leg-view.ts';
import type { Missing } from './missing.ts';
import type { Stretches } from './stretches.ts';

/** Switches that were in the call by its SIP and of which no channel is known. */
export function missedBySwitches(
  all: Case,
  chances: readonly Chance[],
  habits: Habits,
  stretches: Stretches,
): Missing[] {
  const ofChannels = chances.filter(({ what }) => what === 'channel');
  const present = new Set(all.legs.flatMap(({ leg }) => leg.channels.map(({ node }) => node)));
  return [...unusedBy(ofChannels, habits)].flatMap(([node, unused]): Missing[] => {
    const own = unused.filter((chance) => {
      const { sinceUs, untilUs } = chance;
      const known = { source: node, stream: 'events', hops: [], evidence: evidenceOf([chance]) } as const;
      // Something of a channel would have come while its switch was heard.
      return !stretches.explain({ ...known, sinceUs, untilUs, whole: true });
    });
    if (own.length === 0) return [];
    const legs = [...new Set(own.map(({ leg }) => leg))];
    const of = present.has(node) ? `${legs.length === 1 ? 'a leg' : `${legs.length} legs`} of this call` : 'this call';
    return [
      {
        ...{ id: 'events_missing', source: node, stream: 'events', legs, hops: [] },
        sinceUs: Math.min(...own.map(({ sinceUs }) => sinceUs)),
        untilUs: Math.max(...own.map(({ untilUs }) => untilUs)),
        sentence: `Switch ${node} reported no events of ${of}, though it was answered there: what it made of it is not known.`,
        evidence: evidenceOf(own),
      },
    ];
  });
}

const evidenceOf = (missed: readonly Chance[]): Cited[] =>
  missed.flatMap(({ because }) => because.flatMap((seen) => citeMessage(seen)));

/** What is missing of channels; holes of one switch that can be one are told as one, in what they have in common. */
export function missedByChannels(all: Case, stretches: Stretches): Missing[] {
  const holes = all.legs.flatMap((of) =>
    of.leg.channels.flatMap(({ uuid }) => {
      const events = of.events.filter(({ channel }) => channel === uuid);
      return holesOf(events, isOver(all, of)).map((hole) => ({ ...hole, leg: of.leg.id, ...boundsOf(hole) }));
    }),
  );
  const merged: (typeof holes)[number][][] = [];
  for (const hole of holes.sort((a, b) => a.sinceUs - b.sinceUs)) {
    const same = merged.find((group) => group.every((other) => other.node === hole.node && overlap(other, hole)));
    if (same === undefined) merged.push([hole]);
    else same.push(hole);
  }
  return merged.flatMap((group): Missing[] => {
    const names = [...new Set(group.flatMap((hole) => hole.names))];
    const events = group.flatMap(({ before, behind }) => [before, behind].filter((event) => event !== undefined));
    const missed = {
      ...{ source: group[0]?.node ?? '', stream: 'events' as const, hops: names },
      sinceUs: Math.max(...group.map(({ sinceUs }) => sinceUs)),
      untilUs: Math.min(...group.map(({ untilUs }) => untilUs)),
      evidence: [...new Set(events)].map((event) => citeEvent(event)),
    };
    if (stretches.explain(missed)) return [];
    return [
      {
        ...missed,
        id: 'events_incomplete',
        legs: [...new Set(group.map(({ leg }) => leg))],
        sentence: `Events of ${missed.source} are missing: ${names.join(', ')} must have come, as what comes before or behind is there.`,
      },
    ];
  });
}

const boundsOf = ({ before, behind }: EventHole): { sinceUs: number; untilUs: number } => {
  const sinceUs = before?.atUs ?? NEVER;
  return { sinceUs, untilUs: Math.max(sinceUs, behind?.atUs ?? OPEN) };
};

const overlap = (a: { sinceUs: number; untilUs: number }, b: { sinceUs: number; untilUs: number }): boolean =>
  a.sinceUs <= b.untilUs && b.sinceUs <= a.untilUs;

/** So long after a leg ended its channel has told so. */
const HANGUP_US = 10_000_000;

/** The leg is over by its SIP, and the switch was there to see it. */
function isOver({ gaps, nowUs }: Case, { leg, exchanges }: CaseLeg): boolean {
  if (leg.channels.some(({ node }) => gaps.some((gap) => gap.node === node && gap.reason === 'restarted')))
    return false;
  const bye = exchanges.find(({ method, hops }) => method === 'BYE' && hops.some(({ finals }) => finals.length > 0));
  return bye !== undefined && nowUs - bye.startedUs > HANGUP_US;
}
