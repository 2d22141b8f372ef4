/** What the address bar names. */
export type Route =
  | { readonly page: 'search'; readonly query: string; readonly within: Within }
  | { readonly page: 'call'; readonly key: string; readonly options: URLSearchParams }
  | { readonly page: 'ledger' }
  | { readonly page: 'doctor' }
  /** Without another one, with the nearest good call. */
  | { readonly page: 'compare'; readonly key: string; readonly other?: string }
  | { readonly page: 'clocks' }
  | { readonly page: 'unknown' };

/** How far back a search looks; "" is everything that is stored. */
export const WITHIN = ['', '15m', '1h', '1d', '7d'] as const;
export type Within = (typeof WITHIN)[number];

export function readRoute(pathname: string, search: string): Route {
  const options = new URLSearchParams(search);
  if (pathname === '/') {
    const within = options.get('within') ?? '';
    return { page: 'search', query: options.get('q') ?? '', within: WITHIN.find((known) => known === within) ?? '' };
  }
  if (pathname === '/ledger') return { page: 'ledger' };
  if (pathname === '/doctor') return { page: 'doctor' };
  const [, compared, other] = /^\/compare\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  if (compared !== undefined) {
    return { page: 'compare', key: decoded(compared), ...(other === undefined ? {} : { other: decoded(other) }) };
  }
  if (pathname === '/clocks') return { page: 'clocks' };
  const encoded = /^\/calls\/(.+)$/.exec(pathname)?.[1];
  if (encoded === undefined) return { page: 'unknown' };
  return { page: 'call', key: decoded(encoded), options };
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // A hand-made address such as /calls/100% is no encoded key; it can only be meant as it stands.
    return encoded;
  }
}

export function searchAddress(query: string, within: Within): string {
  const options = new URLSearchParams();
  if (query !== '') options.set('q', query);
  if (within !== '') options.set('within', within);
  const text = options.toString();
  return text === '' ? '/' : `/?${text}`;
}

/** The address of a call's page. A Call-ID may hold any character, half of a surrogate pair included. */
export const callAddress = (key: string): string => `/calls/${encodeKey(key)}`;

/** The address of a call beside the nearest good one. */
export const compareAddress = (key: string): string => `/compare/${encodeKey(key)}`;

/** The address of a call in the API: `rest` is "", "/ladder", "/export.pcap", … */
export const callApi = (key: string, rest = ''): string => `/api/calls/${encodeKey(key)}${rest}`;

export const encodeKey = (key: string): string => encodeURIComponent(key.toWellFormed());

const SPAN_MS: Readonly<Record<Exclude<Within, ''>, number>> = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
  '7d': 7 * 86_400_000,
};

/**
 * The search request. `nowMs` is epoch ms; `beforeUs` (epoch µs) asks for calls that are older than the ones already
 * listed. The API reads milliseconds: it is rounded up, for a call listed twice can be dropped and one left out cannot
 * be brought back.
 */
export function searchApi(query: string, within: Within, nowMs: number, beforeUs?: number): string {
  const options = new URLSearchParams({ q: query, limit: '50' });
  if (within !== '') options.set('from', new Date(nowMs - SPAN_MS[within]).toISOString());
  if (beforeUs !== undefined) options.set('to', new Date(Math.ceil(beforeUs / 1000)).toISOString());
  return `/api/search?${options}`;
}
