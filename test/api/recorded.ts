import type { FastifyInstance } from 'fastify';
import { createServer } from '../../api/server.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import { storeHand } from '../generate/store.ts';
import { readSeen } from '../golden/recorded.ts';
import { openEmptyStore } from '../system/empty-store.ts';

export interface RecordedApi {
  readonly server: FastifyInstance;
  readonly store: Store;
  /** The Call-IDs of every INVITE of a recording, each once, in order. */
  readonly callIds: Readonly<Record<string, readonly string[]>>;
  close(): Promise<void>;
}

export interface RecordedOptions {
  /** What is stored of a recording; everything unless given. */
  readonly keep?: (event: CaptureEvent) => boolean;
  /** The store that the API asks, made of the one that is filled. */
  readonly asked?: (store: Store) => Store;
  /** The operator's names. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Folder of the built page. */
  readonly pageDir?: string;
}

/** The real API over what recorded sites sent: messages, events and log lines, stored without sockets. */
export async function openRecorded(
  names: readonly string[],
  { keep = () => true, asked = (store) => store, hosts = {}, pageDir }: RecordedOptions = {},
): Promise<RecordedApi> {
  const store = await openEmptyStore();
  const callIds: Record<string, string[]> = {};
  for (const name of names) {
    const events = (await readSeen(name)).filter(keep);
    await storeHand(store, events);
    const seen = events.flatMap((event) => (event.kind === 'packet' ? invitesIn(event.payload) : []));
    callIds[name] = [...new Set(seen)];
  }
  const server = await createServer({
    store: asked(store),
    metrics: createMetrics(),
    log: silentLog,
    sources: () => [],
    hosts,
    unmask: () => undefined,
    guesses: false,
    version: 'test',
    ...(pageDir === undefined ? {} : { pageDir }),
  });
  return {
    server,
    store,
    callIds,
    async close() {
      await server.close();
      await store.close();
    },
  };
}

function invitesIn(payload: Uint8Array): string[] {
  const message = Buffer.from(payload).toString('latin1');
  const [, callId] = /^INVITE [^\r\n]+\r\n(?:[^\r\n]+\r\n)*?(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]+)/i.exec(message) ?? [];
  return callId === undefined ? [] : [callId.trim()];
}
