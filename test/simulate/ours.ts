import { step } from '../../core/detect/detector.ts';
import { DEFAULT_PARAMS } from '../../core/detect/params.ts';
import { emptyState } from '../../core/detect/state.ts';
import type { Alarm } from './alarms.ts';
import { FIRST_MINUTE, SERIES, type Traffic } from './traffic.ts';

/** What the detector pages for on this traffic from minute `from` on, the site and its trunks as its parts. */
export function detectorAlarms(traffic: Traffic, scale: number, from: number): Alarm[] {
  const params = { ...DEFAULT_PARAMS, scale };
  const states = Array.from({ length: SERIES }, emptyState);
  const opened = new Array<number>(SERIES).fill(-1);
  const tests = new Array<string>(SERIES).fill('');
  const alarms: Alarm[] = [];
  const close = (series: number, closed: number): void => {
    if (opened[series]! >= from) alarms.push({ series, opened: opened[series]!, closed, test: tests[series]! });
    opened[series] = -1;
  };
  for (let minute = 0; minute < traffic.minutes; minute++) {
    for (let series = 0; series < SERIES; series++) {
      const counted = {
        minute: FIRST_MINUTE + minute,
        attempts: traffic.attempts[series]![minute]!,
        failed: traffic.failed[series]![minute]!,
        blind: traffic.blind[minute] === 1,
      };
      for (const found of step(states[series]!, counted, params, series === 0 ? undefined : states[0])) {
        if (found.kind === 'blind') continue;
        if (found.state === 'opened') {
          opened[series] = minute;
          tests[series] = found.test;
        } else close(series, minute);
      }
    }
  }
  for (let series = 0; series < SERIES; series++) if (opened[series]! >= 0) close(series, traffic.minutes);
  return alarms;
}
