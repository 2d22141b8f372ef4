import { createRandom } from '../generate/random.ts';
import { type Alarm, delayOf, pagesOf } from './alarms.ts';
import { createDetectors, type Detector, OUR_NAME } from './detectors.ts';
import { type Incident, incidentAt, scheduleIncidents } from './incidents.ts';
import { createTraffic, TRUNKS, type Traffic } from './traffic.ts';

export const LEARN_WEEKS = 6;
export const TEST_WEEKS = 4;
/** False alarms a week that each detector is allowed in the calibration. */
export const ALLOWED = 1;

const WEEK = 10_080;
const FROM = LEARN_WEEKS * WEEK;
/** What a blind sensor leaves behind is still its doing. */
const AFTER = 30;

/** How the incidents of one kind were found. */
export interface Caught {
  readonly incidents: number;
  readonly within5: number;
  readonly within30: number;
  /** Minutes from the beginning to the page, of those that were found at all. */
  readonly medianDelay: number | undefined;
}

export interface Result {
  readonly rate: number;
  readonly detector: string;
  readonly setting: number;
  /** Pages a week without incident, on traffic that the calibration has not seen. */
  readonly falseAlarms: number;
  /** The same while level and ratio drift. */
  readonly driftAlarms: number;
  /** Pages a holiday. */
  readonly holidayAlarms: number;
  /** Blind sensors that paged as a failure of calls, and how many there were. */
  readonly blindPages: number;
  readonly blinds: number;
  readonly caught: ReadonlyMap<string, Caught>;
}

/** Numbers of seeds; the sets never meet. */
const SEEDS = { calibrate: 10_000, check: 20_000, incidents: 30_000, drift: 40_000, holiday: 50_000 } as const;

interface Run {
  readonly traffic: Traffic;
  readonly incidents: readonly Incident[];
}

export type Runs = Record<keyof typeof SEEDS, readonly Run[]>;

/** Sites of one rate, so many of each kind of run. The same numbers give the same sites. */
export function createRuns(rate: number, seeds: Readonly<Record<keyof Runs, number>>): Runs {
  const run = (kind: keyof Runs, incidentsOf: (seed: number) => Incident[] = () => []): Run[] =>
    Array.from({ length: seeds[kind] }, (_, i) => {
      const seed = SEEDS[kind] + i;
      const incidents = incidentsOf(seed);
      return { traffic: createTraffic({ seed, weeks: LEARN_WEEKS + TEST_WEEKS, rate, incidents }), incidents };
    });
  return {
    calibrate: run('calibrate'),
    check: run('check'),
    incidents: run('incidents', (seed) =>
      scheduleIncidents(createRandom(seed), FROM / 1440, FROM / 1440 + TEST_WEEKS * 7, TRUNKS.length),
    ),
    drift: run('drift', () => [incidentAt('drift', FROM)]),
    // One is met while it learns; of the two that count, one is a Wednesday and one a Monday.
    holiday: run('holiday', () => [18, 44, 56].map((day) => incidentAt('holiday', day * 1440))),
  };
}

/** All detectors at one rate: calibrated on clean weeks, then judged on other traffic. */
export function compareAt(rate: number, seeds: number): Result[] {
  const detectors = createDetectors();
  const runs = createRuns(rate, { calibrate: seeds, check: seeds, incidents: seeds, drift: seeds, holiday: seeds });
  return detectors.flatMap((detector) => {
    const setting = calibrate(detector, runs.calibrate);
    const judged = [judge(rate, detector, detector.name, setting, runs)];
    // As it comes, for those who calibrate nothing.
    if (detector.name === OUR_NAME) judged.push(judge(rate, detector, `${OUR_NAME}, defaults`, 1, runs));
    return judged;
  });
}

/**
 * The lowest setting, walking down from the highest, that still keeps to the allowed pages: their number is not monotone (a
 * score that is always high is one alarm), so a search by halves would find nonsense.
 */
function calibrate(detector: Detector, clean: readonly Run[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (const setting of detector.settings(clean.map(({ traffic }) => traffic))) {
    if (pagesAWeek(detector, setting, clean) > ALLOWED) break;
    best = setting;
  }
  return best;
}

function pagesAWeek(detector: Detector, setting: number, runs: readonly Run[]): number {
  let pages = 0;
  for (const { traffic } of runs) pages += pagesOf(detector.alarms(traffic, setting, FROM)).length;
  return pages / (runs.length * TEST_WEEKS);
}

/** One detector at one setting. Of a kind of run that has no sites the figures are not a number. */
export function judge(rate: number, detector: Detector, name: string, setting: number, runs: Runs): Result {
  const delays = new Map<string, (number | undefined)[]>();
  let [blindPages, blinds, holidayPages, holidays] = [0, 0, 0, 0];
  const during = (alarms: readonly Alarm[], { from, until }: Incident): number =>
    pagesOf(alarms.filter(({ opened }) => opened >= from && opened < until + AFTER)).length;
  for (const { traffic, incidents } of runs.incidents) {
    const alarms = detector.alarms(traffic, setting, FROM);
    for (const incident of incidents) {
      if (incident.kind === 'blind') {
        blinds++;
        if (during(alarms, incident) > 0) blindPages++;
        continue;
      }
      for (const kind of namesOf(incident, traffic.meant[incident.from]! >= rate / 2)) {
        const known = delays.get(kind) ?? [];
        known.push(delayOf(alarms, incident));
        delays.set(kind, known);
      }
    }
  }
  for (const { traffic, incidents } of runs.holiday) {
    const alarms = detector.alarms(traffic, setting, FROM);
    for (const incident of incidents.filter(({ from }) => from >= FROM)) {
      holidays++;
      holidayPages += during(alarms, incident);
    }
  }
  return {
    rate,
    detector: name,
    setting,
    falseAlarms: pagesAWeek(detector, setting, runs.check),
    driftAlarms: pagesAWeek(detector, setting, runs.drift),
    holidayAlarms: holidayPages / holidays,
    blindPages,
    blinds,
    caught: new Map([...delays].map(([kind, all]) => [kind, caughtOf(all)])),
  };
}

/** The rows of the table that an incident counts in. */
function namesOf({ kind, trunk }: Incident, busy: boolean): string[] {
  const when = busy ? 'busy' : 'quiet';
  if (trunk === undefined) return [`${kind}, ${when}`];
  const names = [`trunk, ${when}`];
  if (busy) names.push(`trunk of ${Math.round(TRUNKS[trunk]! * 100)} %, busy`);
  return names;
}

function caughtOf(delays: readonly (number | undefined)[]): Caught {
  const found = delays.filter((delay) => delay !== undefined).sort((a, b) => a - b);
  const within = (minutes: number): number => found.filter((delay) => delay <= minutes).length / delays.length;
  return {
    incidents: delays.length,
    within5: within(5),
    within30: within(30),
    medianDelay: found[found.length >> 1],
  };
}
