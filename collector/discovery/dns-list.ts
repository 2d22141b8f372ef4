import { Resolver } from 'node:dns/promises';
import { ListError, type ListedNode, type Lister } from './listed.ts';

const ANSWER_MS = 2_000;
const TRIES = 2;
/** Node's codes for a name that is not there, and for one that has no such record. */
const NOTHING: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * The addresses of a name, or the targets of its SRV records (RFC 2782) when it begins with "_". That there are none is
 * an answer. The name is asked for as it is: search domains and the hosts file do not count.
 *
 * @param named whether each node gets the name that DNS has for it: the SRV target, or the address's PTR
 * @param servers those of the system when there are none
 */
export function createDnsList(dns: string, named: boolean, servers: readonly string[]): Lister {
  const resolver = new Resolver({ timeout: ANSWER_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);

  /** Priorities and weights do not count: every switch is listened to. */
  const targets = async (): Promise<ListedNode[]> => {
    const records = await orNone(resolver.resolveSrv(dns));
    const found = await Promise.all(
      records.map(async ({ name, port }): Promise<ListedNode[]> => {
        const [host] = await addressesOf(name);
        // A target without an address is a pod that has just gone.
        return host === undefined ? [] : [{ host, port, ...(named ? { name: plain(name) } : {}) }];
      }),
    );
    return found.flat();
  };

  const addressesOf = async (name: string): Promise<readonly string[]> => {
    const both = await Promise.all([orNone(resolver.resolve4(name)), orNone(resolver.resolve6(name))]);
    return both.flat().sort();
  };

  const addresses = async (): Promise<ListedNode[]> =>
    Promise.all(
      (await addressesOf(dns)).map(async (host) => {
        if (!named) return { host };
        const [name] = await orNone(resolver.reverse(host));
        return { host, name: name === undefined ? host : plain(name) };
      }),
    );

  return async () => {
    try {
      return await (dns.startsWith('_') ? targets() : addresses());
    } catch (error) {
      throw new ListError('dns', `${dns} cannot be looked up: ${codeOf(error)}`);
    }
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

async function orNone<T>(answer: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await answer;
  } catch (error) {
    if (NOTHING.has(codeOf(error))) return [];
    throw error;
  }
}

/** Without the dot at its end, and in lower case: DNS tells no difference. */
const plain = (name: string): string => name.replace(/\.$/, '').toLowerCase();
