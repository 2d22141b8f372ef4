import { type Asked, readAsked } from './search/asked.ts';

/** What the address bar names. */
export type Route =
  | { readonly page: 'search'; readonly asked: Asked }
  | { readonly page: 'call'; readonly key: string; readonly options: URLSearchParams }
  | { readonly page: 'ledger' }
  | { readonly page: 'doctor' }
  /** Without another one, with the nearest good call. */
  | { readonly page: 'compare'; readonly key: string; readonly other?: string }
  | { readonly page: 'clocks' }
  | { readonly page: 'unknown' };

export function readRoute(pathname: string, search: string): Route {
  const options = new URLSearchParams(search);
  if (pathname === '/') return { page: 'search', asked: readAsked(options) };
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

/** The address of a call's page. A Call-ID may hold any character, half of a surrogate pair included. */
export const callAddress = (key: string): string => `/calls/${encodeKey(key)}`;

/** The address of a call beside the nearest good one. */
export const compareAddress = (key: string): string => `/compare/${encodeKey(key)}`;

/** The address of a call in the API: `rest` is "", "/ladder", "/export.pcap", … */
export const callApi = (key: string, rest = ''): string => `/api/calls/${encodeKey(key)}${rest}`;

export const encodeKey = (key: string): string => encodeURIComponent(key.toWellFormed());
