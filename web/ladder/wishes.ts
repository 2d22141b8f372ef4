import { DEFAULT_FILTER, type Filter } from '../../core/ladder/filter.ts';
import { DEFAULT_LANES, type LaneWishes } from '../../core/ladder/lanes.ts';
import { LEVELS } from '../../core/ladder/words.ts';

/** How a reader wants the ladder. All of it stands in the address, as far as it differs from the default. */
export interface Wishes {
  readonly filter: Filter;
  readonly lanes: LaneWishes;
  readonly time: Time;
  /** Seconds from which on a silence is one line; 0 tells of none. */
  readonly pause: number;
  /** Lines that say what becomes of the call. */
  readonly story: boolean;
  /** RTP between its two ends, from agreement to end. */
  readonly bands: boolean;
  /** Log lines and events of little note that follow each other are one line. */
  readonly runs: boolean;
}

/** What the first column of times tells; the other one is told beside it. */
export const TIMES = ['clock', 'start', 'above'] as const;
export type Time = (typeof TIMES)[number];

export const PAUSES: readonly number[] = [0, 0.5, 1, 2, 5, 10, 60];

export const DEFAULT_WISHES: Wishes = {
  filter: DEFAULT_FILTER,
  lanes: DEFAULT_LANES,
  time: 'clock',
  pause: 2,
  story: true,
  bands: true,
  runs: true,
};

/** Lists of an address that anybody may have made are no longer than this. */
const MOST = 200;

/** Reads the part of the address after "?"; what it does not say, or says wrongly, is as by default. */
export function readWishes(options: URLSearchParams): Wishes {
  const off = (name: string): boolean => options.get(name) === 'off';
  const list = (name: string): string[] =>
    (options.get(name) ?? '')
      .split(',')
      .filter((one) => one !== '')
      .slice(0, MOST);
  const level = LEVELS.indexOf(options.get('level') ?? '');
  const pause = Number(options.get('pause') ?? Number.NaN);
  return {
    filter: {
      sip: !off('sip'),
      media: !off('rtcp'),
      events: !off('events'),
      everyEvent: options.get('events') === 'all',
      logs: !off('logs'),
      level: level === -1 ? DEFAULT_FILTER.level : level,
      withoutLegs: list('without-legs'),
      withoutMethods: list('without'),
      text: (options.get('text') ?? '').slice(0, 500),
    },
    lanes: {
      order: options.getAll('lane').slice(0, MOST),
      hidden: options.getAll('hide').slice(0, MOST),
      boxes: options.get('lanes') === 'boxes',
    },
    time: TIMES.find((known) => known === options.get('time')) ?? DEFAULT_WISHES.time,
    pause: PAUSES.includes(pause) ? pause : DEFAULT_WISHES.pause,
    story: !off('story'),
    bands: !off('media'),
    runs: !off('fold'),
  };
}

/** Writes into `options` only what differs from the default, so that the address stays short. */
export function writeWishes({ filter, lanes, ...wishes }: Wishes, options: URLSearchParams): void {
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined || value === '') options.delete(name);
    else options.set(name, value);
  };
  const setAll = (name: string, values: readonly string[]): void => {
    options.delete(name);
    for (const value of values) options.append(name, value);
  };
  const off = (on: boolean): string | undefined => (on ? undefined : 'off');
  set('sip', off(filter.sip));
  set('rtcp', off(filter.media));
  set('events', filter.events ? (filter.everyEvent ? 'all' : undefined) : 'off');
  set('logs', off(filter.logs));
  set('level', filter.level === DEFAULT_FILTER.level ? undefined : LEVELS[filter.level]);
  set('without-legs', filter.withoutLegs.join(','));
  set('without', filter.withoutMethods.join(','));
  set('text', filter.text);
  setAll('lane', lanes.order);
  setAll('hide', lanes.hidden);
  set('lanes', lanes.boxes ? 'boxes' : undefined);
  set('time', wishes.time === DEFAULT_WISHES.time ? undefined : wishes.time);
  set('pause', wishes.pause === DEFAULT_WISHES.pause ? undefined : String(wishes.pause));
  set('story', off(wishes.story));
  set('media', off(wishes.bands));
  set('fold', off(wishes.runs));
}
