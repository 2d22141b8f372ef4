import { DEFAULT_FILTER, type Filter, isOfNote } from '../../core/ladder/filter.ts';
import { LEVELS } from '../../core/ladder/words.ts';
import type { Step } from '../api.ts';

/** Reads the part of the address after "?"; what it does not say, or says wrongly, is as by default. */
export function readFilter(options: URLSearchParams): Filter {
  const level = LEVELS.indexOf(options.get('level') ?? '');
  return {
    sip: options.get('sip') !== 'off',
    events: options.get('events') !== 'off',
    everyEvent: options.get('events') === 'all',
    logs: options.get('logs') !== 'off',
    level: level === -1 ? DEFAULT_FILTER.level : level,
  };
}

/** Writes into `options` only what differs from the default, so that the address stays short. */
export function writeFilter(filter: Filter, options: URLSearchParams): void {
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) options.delete(name);
    else options.set(name, value);
  };
  set('sip', filter.sip ? undefined : 'off');
  set('events', filter.events ? (filter.everyEvent ? 'all' : undefined) : 'off');
  set('logs', filter.logs ? undefined : 'off');
  set('level', filter.level === DEFAULT_FILTER.level ? undefined : LEVELS[filter.level]);
}

/** How many steps of each kind there are, for the labels of the switches. */
export function countKinds(steps: readonly Step[]): Readonly<Record<Step['kind'] | 'ofNote', number>> {
  const counts = { message: 0, event: 0, log: 0, gap: 0, ofNote: 0 };
  for (const step of steps) {
    counts[step.kind] += 1;
    if (step.kind === 'event' && isOfNote(step)) counts.ofNote += 1;
  }
  return counts;
}
