import type { Random } from '../generate/random.ts';

export const KINDS = ['total', 'trunk', 'leak', 'vanished', 'blind', 'holiday', 'drift'] as const;
export type IncidentKind = (typeof KINDS)[number];

export interface Incident {
  readonly kind: IncidentKind;
  /** Minutes since the beginning of the traffic. */
  readonly from: number;
  readonly until: number;
  readonly trunk?: number;
}

/** What incidents do to one minute. */
export interface Effect {
  /** Of each trunk, the least part that fails. */
  readonly trunkFailing: number[];
  /** Factor on the calls that come, and on the odds of failing. */
  calls: number;
  odds: number;
  /** The part of the calls that is seen, and of those the part whose answer is not. */
  seen: number;
  unheard: number;
  blind: boolean;
  holiday: boolean;
}

/** Length in minutes. */
const LASTS: Record<IncidentKind, number> = {
  total: 15,
  trunk: 20,
  leak: 90,
  vanished: 20,
  blind: 30,
  holiday: 1440,
  drift: 4 * 10_080,
};

/** In an outage a few calls still get through. */
const OUTAGE = 0.97;
const LEAK_ODDS = 2.2;
const VANISHED_CALLS = 0.02;
/** Drift over its four weeks: so many more of the calls fail, and so many more calls come. */
const DRIFT_ODDS = 1.4;
const DRIFT_CALLS = 1.2;
/**
 * A minute is read half a minute late. Where more calls than these come in a minute, a sensor's silence is known by then (a
 * call is many messages); where fewer come, one minute more goes by as if the sensor had been heard.
 */
const NOTICED_AT_ONCE = 3;

/** Writes what holds in `minute` into `effect`. */
export function applyAt(
  effect: Effect,
  incidents: readonly Incident[],
  minute: number,
  meant: ArrayLike<number>,
): void {
  effect.trunkFailing.fill(0);
  effect.calls = effect.odds = effect.seen = 1;
  effect.unheard = 0;
  effect.blind = effect.holiday = false;
  for (const { kind, from, until, trunk } of incidents) {
    if (minute < from || minute >= until) continue;
    if (kind === 'total') effect.trunkFailing.fill(OUTAGE);
    else if (kind === 'trunk') effect.trunkFailing[trunk ?? 0] = OUTAGE;
    else if (kind === 'leak') effect.odds *= LEAK_ODDS;
    else if (kind === 'vanished') effect.calls = VANISHED_CALLS;
    else if (kind === 'holiday') effect.holiday = true;
    else if (kind === 'drift') {
      const part = (minute - from) / (until - from);
      effect.odds *= 1 + (DRIFT_ODDS - 1) * part;
      effect.calls *= 1 + (DRIFT_CALLS - 1) * part;
    } else {
      effect.seen = 0.5;
      effect.unheard = 0.4;
      effect.blind = minute > from || meant[minute - 1]! >= NOTICED_AT_ONCE;
    }
  }
}

/** One incident of `kind` that begins at `from`. */
export const incidentAt = (kind: IncidentKind, from: number, trunk?: number): Incident => ({
  kind,
  from,
  until: from + LASTS[kind],
  ...(trunk === undefined ? {} : { trunk }),
});

/**
 * Incidents of the kinds that a page should come for, and blind sensors, from day `from` to day `until`: two in the busy
 * hours of each working day and one in each night, hours apart, so that what a detector made of the first is over when the
 * next begins. Kinds and trunks take turns, trunks twice as often as there are several.
 */
export function scheduleIncidents(random: Random, from: number, until: number, trunks: number): Incident[] {
  const incidents: Incident[] = [];
  const [busy, quiet] = [createTurns(random, trunks), createTurns(random, trunks)];
  for (let day = from; day < until; day++) {
    const at = (hour: number): number => day * 1440 + hour * 60 + random.int(0, 120);
    incidents.push(quiet(at(1)));
    if (day % 7 < 5) incidents.push(busy(at(8)), busy(at(14)));
  }
  return incidents;
}

function createTurns(random: Random, trunks: number): (at: number) => Incident {
  const kinds = ['total', 'trunk', 'trunk', 'leak', 'vanished', 'blind'] as const;
  let turns: IncidentKind[] = [];
  let trunkTurns: number[] = [];
  return (at) => {
    if (turns.length === 0) turns = random.shuffled(kinds);
    if (trunkTurns.length === 0) trunkTurns = random.shuffled(Array.from({ length: trunks }, (_, i) => i));
    const kind = turns.pop()!;
    return kind === 'trunk' ? incidentAt(kind, at, trunkTurns.pop()!) : incidentAt(kind, at);
  };
}
