import type { FastifyRequest } from 'fastify';
import { Refused } from './refused.ts';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser sends the cookie with whatever asks for it, so what changes something, and a WebSocket, which no other rule
 * keeps another page from, has to come from our own page. Throws {@link Refused} 403.
 *
 * @param origin of our page: "https://calltrail.example"
 */
export function demandSameOrigin({ method, headers }: FastifyRequest, origin: string): void {
  if (SAFE.has(method) && headers.upgrade === undefined) return;
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined ? headers.origin === origin : site === 'same-origin';
  // Both have to agree where both are sent.
  if (isOwn && (headers.origin === undefined || headers.origin === origin)) return;
  throw new Refused('cross_site', 403, 'cross_site', 'This has to be asked from a page of Calltrail itself.');
}

/**
 * A browser also sends a password that it was told once, and whoever asks from this machine needs none: another page must not
 * use either to change or to listen to something. Programs send no word on a page at all, and Grafana's data source proxy sends
 * that of the browser on, which was at Grafana's own page.
 *
 * @param origin of our page, where it is known
 */
export function refuseOtherPages({ method, headers, host }: FastifyRequest, origin: string | undefined): void {
  const isUpgrade = headers.upgrade !== undefined;
  if (SAFE.has(method) && !isUpgrade) return;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site === 'same-origin' || site === 'none') return;
  } else if (isUpgrade || headers.origin === undefined || headers.origin === origin) return;
  else if (URL.canParse(headers.origin) && new URL(headers.origin).host === host) return;
  throw new Refused('cross_site', 403, 'cross_site', 'This has to be asked from a page of Calltrail itself.');
}
