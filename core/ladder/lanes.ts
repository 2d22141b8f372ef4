import type { MediaSession } from './media.ts';
import type { LadderLane, LadderStep } from './step.ts';

/** How a reader wants the lanes. */
export interface LaneWishes {
  /** Ids of lanes from the left; those that are not named follow in their own order. */
  readonly order: readonly string[];
  /** Ids of lanes that are not shown. */
  readonly hidden: readonly string[];
  /** One lane a box: what has one name is one lane, whatever addresses it has. */
  readonly boxes: boolean;
}

export const DEFAULT_LANES: LaneWishes = { order: [], hidden: [], boxes: false };

export interface Arranged<L extends LadderLane, S extends LadderStep> {
  readonly shown: readonly L[];
  readonly hidden: readonly L[];
  /** All steps, on the lanes that are left. */
  readonly steps: readonly S[];
  readonly media: readonly MediaSession[];
}

/** The lanes and steps as the reader wants them. No step is left out here, also when none of its lanes is shown. */
export function arrange<L extends LadderLane, S extends LadderStep>(
  lanes: readonly L[],
  steps: readonly S[],
  media: readonly MediaSession[],
  { order, hidden, boxes }: LaneWishes,
): Arranged<L, S> {
  const merged = boxes ? mergeBoxes(lanes) : undefined;
  const own = merged?.lanes ?? lanes;
  const at = new Map(order.map((id, index) => [id, index]));
  const rank = (lane: L, index: number): number => at.get(lane.id) ?? order.length + index;
  const sorted = own
    .map((lane, index) => ({ lane, rank: rank(lane, index) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ lane }) => lane);
  const isHidden = (lane: L): boolean => hidden.includes(lane.id);
  const of = (id: string): string => merged?.boxes.get(id) ?? id;
  return {
    shown: sorted.filter((lane) => !isHidden(lane)),
    hidden: sorted.filter(isHidden),
    steps: merged === undefined ? steps : steps.map((step) => onBoxes(step, of)),
    media: merged === undefined ? media : media.map((one) => ({ ...one, a: of(one.a), b: of(one.b) })),
  };
}

const onBoxes = <S extends LadderStep>(step: S, of: (id: string) => string): S => ({
  ...step,
  from: step.from === null ? null : of(step.from),
  to: step.to === null ? null : of(step.to),
});

/** True when all lanes that the step is on are hidden. */
export function isOffLanes({ kind, from, to }: LadderStep, hidden: ReadonlySet<string>): boolean {
  if (hidden.size === 0 || kind === 'gap') return false;
  const own = [from, to].filter((id) => id !== null);
  return own.length > 0 && own.every((id) => hidden.has(id));
}

/** True when a box of several addresses stands on more than one lane. */
export const hasBoxes = (lanes: readonly LadderLane[]): boolean => mergeBoxes(lanes).lanes.length < lanes.length;

/** Lanes of one name become the first of them. An address is no name: two hosts of one address are told apart by port. */
function mergeBoxes<L extends LadderLane>(lanes: readonly L[]): { lanes: readonly L[]; boxes: Map<string, string> } {
  const byName = new Map<string, L[]>();
  for (const lane of lanes) {
    const name = lane.addresses.includes(lane.name) ? `id ${lane.id}` : `name ${lane.name}`;
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [lane]);
    else known.push(lane);
  }
  const boxes = new Map<string, string>();
  const merged = [...byName.values()].map((group): L => {
    const [first, ...others] = group as [L, ...L[]];
    for (const { id } of others) boxes.set(id, first.id);
    if (others.length === 0) return first;
    return { ...first, addresses: [...new Set(group.flatMap(({ addresses }) => addresses))] };
  });
  return { lanes: merged, boxes };
}
