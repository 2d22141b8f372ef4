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
