import type { Outcome } from '../api.ts';
import { microsOf } from '../format.ts';

/** How far back a search looks; "" is everything that is stored. */
export const WITHIN = ['', '15m', '1h', '1d', '7d'] as const;
export type Within = (typeof WITHIN)[number];

export const OUTCOMES: readonly Outcome[] = [
  ...(['in_progress', 'answered', 'busy', 'no_answer', 'cancelled'] as const),
  ...(['rejected', 'failed', 'interrupted'] as const),
];

/** A search as the address has it; "" for what is not asked for. */
export interface Asked {
  readonly query: string;
  readonly within: Within;
  /** ISO 8601 with an offset. With one of these `within` is "". */
  readonly from: string;
  readonly to: string;
  readonly outcomes: readonly Outcome[];
  readonly node: string;
  readonly trunk: string;
  readonly tenant: string;
  /** The list follows what happens. */
  readonly live: boolean;
}

export const NEWEST: Asked = {
  ...{ query: '', within: '', from: '', to: '' },
  ...{ outcomes: [], node: '', trunk: '', tenant: '', live: false },
};

/** Names in an address that anybody may have made are no longer than this. */
const MOST = 256;

/** Reads the part of the address after "?"; what is written wrongly is not asked for. */
export function readAsked(options: URLSearchParams): Asked {
  const text = (name: string): string => (options.get(name) ?? '').slice(0, MOST);
  const time = (name: string): string => (microsOf(text(name)) === undefined ? '' : text(name));
  const [from, to] = [time('from'), time('to')];
  const outcomes = text('outcome').split(',');
  const isOwn = from !== '' || to !== '';
  return {
    query: options.get('q') ?? '',
    within: isOwn ? '' : (WITHIN.find((known) => known === text('within')) ?? ''),
    from,
    to,
    outcomes: OUTCOMES.filter((one) => outcomes.includes(one)),
    node: text('node'),
    trunk: text('trunk'),
    tenant: text('tenant'),
    // What has ended does not go on.
    live: options.get('live') === 'on' && to === '',
  };
}

/** The address of a search: what it does not say is as in {@link NEWEST}. */
export function searchAddress({ query, within, from, to, outcomes, node, trunk, tenant, live }: Asked): string {
  const words = {
    q: query,
    within,
    from,
    to,
    outcome: outcomes.join(','),
    node,
    trunk,
    tenant,
    live: live ? 'on' : '',
  };
  const options = new URLSearchParams(Object.entries(words).filter(([, value]) => value !== ''));
  const text = options.toString();
  return text === '' ? '/' : `/?${text}`;
}

const SPAN_MS: Readonly<Record<Exclude<Within, ''>, number>> = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
  '7d': 7 * 86_400_000,
};

/** Calls of one answer. */
const LIMIT = '50';

/**
 * The search request. `nowMs` is epoch ms; `beforeUs` (epoch µs) asks for calls that are older than the ones already
 * listed. The API reads milliseconds: it is rounded up, for a call listed twice can be dropped and one left out cannot
 * be brought back. `again`: the page asks it by itself.
 */
export function searchApi(asked: Asked, nowMs: number, more: { beforeUs?: number; again?: true } = {}): string {
  const { query, within, from, to, outcomes, node, trunk, tenant } = asked;
  const { beforeUs, again } = more;
  const words = {
    from: within === '' ? from : new Date(nowMs - SPAN_MS[within]).toISOString(),
    to: beforeUs === undefined ? to : new Date(Math.ceil(beforeUs / 1000)).toISOString(),
    outcome: outcomes.join(','),
    ...{ node, trunk, tenant },
    live: again === true ? 'true' : '',
  };
  const set = Object.entries(words).filter(([, value]) => value !== '');
  return `/api/search?${new URLSearchParams([['q', query], ['limit', LIMIT], ['tries', 'true'], ...set])}`;
}

/** Whether it asks for anything beside the newest calls of all. */
export const isNarrowed = (asked: Asked): boolean => searchAddress({ ...asked, live: false }) !== '/';
