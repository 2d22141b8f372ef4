import type { NodeDefaults } from '../../core/config/config.ts';
import { openConnection } from './connection.ts';

const ANSWER_MS = 5_000;

/** What a switch calls itself, or the rest of a sentence that begins with its address: "refuses the password". */
export type Hostname = { readonly name: string } | { readonly failure: string };

/** Asks a FreeSWITCH for its host name (`api hostname`), over a connection of its own. Never rejects. */
export async function askHostname(
  node: NodeDefaults & { readonly host: string },
  signal: AbortSignal,
): Promise<Hostname> {
  let name = '';
  const connection = openConnection({
    ...node,
    subscribe: 'noevents',
    handshakeTimeoutMs: ANSWER_MS,
    quietLimitMs: () => ANSWER_MS,
    signal,
    onUp: (opened) => {
      void opened.command('api hostname').then((reply) => {
        const said = reply?.body.toString('utf8').trim() ?? '';
        if (/^[A-Za-z0-9_.-]{1,253}$/.test(said)) name = said;
        opened.close({ reason: 'aborted', detail: 'does not tell its host name' });
      });
    },
    onData: async () => undefined,
  });
  const { detail } = await connection.ended;
  return name === '' ? { failure: detail } : { name };
}
