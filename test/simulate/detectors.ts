import { type Alarm, alarmsOf } from './alarms.ts';
import { detectorAlarms } from './ours.ts';
import { RIVALS, rivalScores } from './rivals.ts';
import { SERIES, type Traffic } from './traffic.ts';

/** A way to page, with the one knob that decides how often. */
export interface Detector {
  readonly name: string;
  /** Settings from the one that hardly ever pages downwards, given the traffic of the calibration. */
  settings(clean: readonly Traffic[]): Iterable<number>;
  /** What it pages for from minute `from` on, over the site and its trunks. */
  alarms(traffic: Traffic, setting: number, from: number): Alarm[];
}

const OURS = [3, 2.5, 2.1, 1.8, 1.6, 1.4, 1.25, 1.15, 1.05, 1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6];
/** How far a rival's threshold is lowered at a time. */
const LOWER = 0.97;

export const OUR_NAME = 'Calltrail';

export function createDetectors(): Detector[] {
  return [
    ...RIVALS.map((rival): Detector => {
      const kept = new WeakMap<Traffic, Float32Array[]>();
      const scoresOf = (traffic: Traffic): Float32Array[] => {
        const known = kept.get(traffic);
        if (known !== undefined) return known;
        const scores = Array.from({ length: SERIES }, (_, series) => rivalScores(rival, traffic, series));
        kept.set(traffic, scores);
        return scores;
      };
      return {
        name: rival,
        *settings(clean) {
          let highest = 0;
          for (const traffic of clean) {
            for (const scores of scoresOf(traffic)) highest = scores.reduce((a, b) => Math.max(a, b), highest);
          }
          for (let setting = highest * 1.01; setting > highest / 1000; setting *= LOWER) yield setting;
        },
        alarms: (traffic, setting, from) =>
          scoresOf(traffic).flatMap((scores, series) => alarmsOf(scores, setting, series, from, traffic.minutes)),
      };
    }),
    { name: OUR_NAME, settings: () => OURS, alarms: detectorAlarms },
  ];
}
