import type { Config, Endpoint } from '../config/config.ts';
import { ALL_ROLES } from '../config/roles.ts';
import { hostAndPort } from '../model/host-and-port.ts';

/** What a process says of itself on its standard error. */

interface Places {
  readonly httpUrl: string;
  readonly hep?: { readonly udp: Endpoint; readonly tcp: Endpoint };
}

function hepPlaces({ udp, tcp }: NonNullable<Places['hep']>): string {
  const [over, through] = [hostAndPort(udp.host, udp.port), hostAndPort(tcp.host, tcp.port)];
  return over === through ? `${over} (UDP and TCP)` : `${over} (UDP) and ${through} (TCP)`;
}

/** Where a process is to be found, and what it does there. */
export function placesOf({ httpUrl, hep }: Places, { roles }: Config): string {
  const takes = hep === undefined ? '' : ` and takes HEP at ${hepPlaces(hep)}`;
  const does = roles.length === ALL_ROLES.length ? '' : `, as ${roles.join(', ')}`;
  return `${httpUrl}${takes}${does}`;
}

/** What went wrong, for a person. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code !== 'EADDRINUSE' || address === undefined || port === undefined) return error.message;
  return `${hostAndPort(address, port)} is in use by another program: stop that one, or configure another port`;
}
