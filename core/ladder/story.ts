import type { MediaSession } from './media.ts';
import type { LadderStep } from './step.ts';
import type { LegOutcome } from './words.ts';

/** A leg as far as its bar needs it. Times are epoch µs; undefined where nothing tells of that moment. */
export interface StoryLeg {
  readonly id: string;
  readonly callId: string | null;
  readonly channels: readonly { readonly uuid: string }[];
  /** Method that began the dialog, "" where no message was seen. */
  readonly method: string;
  /** id of the leg that dialled this one. */
  readonly parent: string | null;
  readonly startedUs: number | undefined;
  readonly ringingUs: number | undefined;
  readonly answeredUs: number | undefined;
  readonly endedUs: number | undefined;
  readonly outcome: LegOutcome;
  readonly hungUpBy: 'originator' | 'answerer' | null;
}

export type PhaseKind = 'trying' | 'ringing' | 'talking' | 'held';

export interface Phase {
  readonly kind: PhaseKind;
  readonly fromUs: number;
  readonly untilUs: number;
}

export interface Bar<L extends StoryLeg = StoryLeg> {
  readonly leg: L;
  /** How many legs stand between it and one that nobody of this call dialled; 0 for such a one. */
  readonly depth: number;
  /** One after the other, without holes. */
  readonly phases: readonly Phase[];
  readonly fromUs: number;
  readonly untilUs: number;
  /** Its end was not seen: it is drawn as far as anything of the call is. */
  readonly open: boolean;
}

export interface Story<L extends StoryLeg = StoryLeg> {
  readonly fromUs: number;
  readonly untilUs: number;
  /** A leg stands below the one that dialled it, before what that one dialled later. */
  readonly bars: readonly Bar<L>[];
}

/**
 * A call as bars on one axis of time, one a leg. A leg is held where a switch says so (CHANNEL_HOLD of FreeSWITCH, Hold
 * of Asterisk), and where its media became one way or inactive after it had gone both ways (RFC 3264 §8.4). Legs that
 * are no calls (REGISTER, OPTIONS), and those without a moment, have no bar. No pixels here.
 */
export function storyOf<L extends StoryLeg>(
  legs: readonly L[],
  steps: readonly LadderStep[],
  media: readonly MediaSession[],
): Story<L> {
  const drawn = legs.filter((leg) => (leg.method === 'INVITE' || leg.method === '') && beginOf(leg) !== undefined);
  const lastUs = Math.max(
    ...drawn.map(({ startedUs, ringingUs, answeredUs, endedUs }) =>
      Math.max(startedUs ?? 0, ringingUs ?? 0, answeredUs ?? 0, endedUs ?? 0),
    ),
    ...(drawn.some(({ endedUs }) => endedUs === undefined) ? [lastOf(steps)] : []),
  );
  const holds = holdsOf(drawn, steps, media);
  const bars = inTree(drawn).map(({ leg, depth }) => barOf(leg, depth, lastUs, holds.get(leg.id) ?? []));
  return {
    fromUs: bars.reduce((least, { fromUs }) => Math.min(least, fromUs), Number.POSITIVE_INFINITY),
    untilUs: bars.reduce((most, { untilUs }) => Math.max(most, untilUs), Number.NEGATIVE_INFINITY),
    bars,
  };
}

const lastOf = (steps: readonly LadderStep[]): number => steps.reduce((last, { atUs }) => Math.max(last, atUs), 0);

const beginOf = ({ startedUs, ringingUs, answeredUs, endedUs }: StoryLeg): number | undefined =>
  startedUs ?? ringingUs ?? answeredUs ?? endedUs;

interface Placed<L> {
  readonly leg: L;
  readonly depth: number;
}

/** Depth first. A parent that is not there, and a circle of parents, make a leg stand for itself. */
function inTree<L extends StoryLeg>(legs: readonly L[]): readonly Placed<L>[] {
  const ids = new Set(legs.map(({ id }) => id));
  const children = new Map<string, L[]>();
  for (const leg of legs) {
    if (leg.parent === null || !ids.has(leg.parent)) continue;
    children.set(leg.parent, [...(children.get(leg.parent) ?? []), leg]);
  }
  const placed: Placed<L>[] = [];
  const done = new Set<string>();
  const rest: Placed<L>[] = legs
    .filter(({ parent }) => parent === null || !ids.has(parent))
    .map((leg) => ({ leg, depth: 0 }))
    .reverse();
  const place = (): void => {
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const { leg, depth } = next;
      if (done.has(leg.id)) continue;
      done.add(leg.id);
      placed.push(next);
      for (const child of [...(children.get(leg.id) ?? [])].reverse()) rest.push({ leg: child, depth: depth + 1 });
    }
  };
  place();
  for (const leg of legs) {
    if (done.has(leg.id)) continue;
    rest.push({ leg, depth: 0 });
    place();
  }
  return placed;
}

type Stretch = readonly [fromUs: number, untilUs: number];

function barOf<L extends StoryLeg>(leg: L, depth: number, lastUs: number, holds: readonly Stretch[]): Bar<L> {
  const fromUs = beginOf(leg) ?? lastUs;
  const open = leg.endedUs === undefined;
  const untilUs = Math.max(fromUs, leg.endedUs ?? lastUs);
  const within = (us: number): number => Math.min(Math.max(us, fromUs), untilUs);
  const answeredUs = within(leg.answeredUs ?? untilUs);
  const ringingUs = Math.min(within(leg.ringingUs ?? answeredUs), answeredUs);
  const phases: Phase[] = [
    { kind: 'trying', fromUs, untilUs: ringingUs },
    { kind: 'ringing', fromUs: ringingUs, untilUs: answeredUs },
  ];
  let at = answeredUs;
  for (const [since, until] of united(holds)) {
    const [heldFrom, heldUntil] = [Math.max(at, within(since)), within(until)];
    if (heldUntil <= heldFrom) continue;
    phases.push(
      { kind: 'talking', fromUs: at, untilUs: heldFrom },
      { kind: 'held', fromUs: heldFrom, untilUs: heldUntil },
    );
    at = heldUntil;
  }
  phases.push({ kind: 'talking', fromUs: at, untilUs });
  return { leg, depth, phases: phases.filter((phase) => phase.untilUs > phase.fromUs), fromUs, untilUs, open };
}

function united(stretches: readonly Stretch[]): readonly Stretch[] {
  const all: [number, number][] = [];
  for (const [from, until] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], until);
    else all.push([from, until]);
  }
  return all;
}

const HOLDS: ReadonlySet<string> = new Set(['CHANNEL_HOLD', 'Hold']);
const RESUMES: ReadonlySet<string> = new Set(['CHANNEL_UNHOLD', 'Unhold']);

/** By id of the leg. */
function holdsOf(
  legs: readonly StoryLeg[],
  steps: readonly LadderStep[],
  media: readonly MediaSession[],
): ReadonlyMap<string, readonly Stretch[]> {
  const byName = new Map(
    legs.flatMap(({ id, callId, channels }) => [
      ...(callId === null ? [] : [[callId, id] as const]),
      ...channels.map(({ uuid }) => [uuid, id] as const),
    ]),
  );
  const holds = new Map<string, Stretch[]>();
  const add = (leg: string, fromUs: number, untilUs: number): void => {
    const known = holds.get(leg);
    if (known === undefined) holds.set(leg, [[fromUs, untilUs]]);
    else known.push([fromUs, untilUs]);
  };

  const begun = new Map<string, number>();
  for (const { kind, title, channel, callId, atUs } of steps) {
    const leg = byName.get(channel ?? '') ?? byName.get(callId ?? '');
    if (kind !== 'event' || leg === undefined) continue;
    if (HOLDS.has(title) && !begun.has(leg)) begun.set(leg, atUs);
    const since = begun.get(leg);
    if (!RESUMES.has(title) || since === undefined) continue;
    add(leg, since, atUs);
    begun.delete(leg);
  }
  for (const [leg, since] of begun) add(leg, since, Number.POSITIVE_INFINITY);

  const both = new Set<string>();
  for (const { callId, direction, sinceUs, untilUs } of [...media].sort((a, b) => a.sinceUs - b.sinceUs)) {
    const leg = byName.get(callId);
    if (leg === undefined) continue;
    if (direction === 'sendrecv') both.add(leg);
    else if (both.has(leg)) add(leg, sinceUs, untilUs);
  }
  return holds;
}
