import type { AsteriskNode } from '../../core/config/config.ts';
import { allHeaders, type CaptureEvent, type Micros } from '../../core/model/capture-event.ts';
import type { SourceState } from '../../core/runtime/source.ts';
import { DEFAULT_BACKOFF } from '../link/backoff.ts';
import type { ClientDeps, NodeSource } from '../link/client.ts';
import { backfill, channelOf } from './backfill.ts';
import { type CallIdAsker, createCallIdAsker } from './call-ids.ts';
import type { AmiConnection } from './connection.ts';
import { callIdEvent, readSnapshot } from './event.ts';
import { createIntake } from './intake.ts';
import { createAmiLink } from './link.ts';

const PING_MS = 20_000;

export interface AmiDeps extends ClientDeps {
  readonly node: AsteriskNode;
  /** How often to ask for a sign of life. */
  readonly pingMs?: number;
}

/** Everything one Asterisk tells over its manager interface (AMI, manager.conf). */
export function createAmiSource(deps: AmiDeps): NodeSource {
  const { node, bus, metrics, trustSenderClock } = deps;
  if (/[\r\n]/.test(`${node.username}${node.password}`)) {
    throw new Error(`ami ${node.name}: a line break in the username or password`);
  }
  const name = `ami:${node.name}`;
  const now = deps.now ?? Date.now;
  const nowUs = (): Micros => Math.round(now() * 1000);
  let stopped = false;
  let lastSeenMs = 0;
  let asker: CallIdAsker | undefined;

  const publish = async (captured: readonly CaptureEvent[]): Promise<void> => {
    if (captured.length === 0 || stopped) return;
    await bus.publish(captured);
  };

  const fail = (what: string) => (error: unknown) =>
    deps.log('error', `Asterisk ${node.name}: ${what} failed: ${String(error)}`);

  const askerFor = (connection: AmiConnection): CallIdAsker =>
    createCallIdAsker({
      connection,
      found: async (channel, callId) => {
        metrics.received(name, 'snapshot');
        await publish([callIdEvent(channel, callId, node.name, nowUs())]);
      },
      failed: fail('asking for Call-IDs'),
    });

  const fill = async (connection: AmiConnection): Promise<void> => {
    const channels = await backfill({
      connection,
      read: (packet) => readSnapshot(packet, node.name, nowUs()),
      publish: async (snapshots) => {
        metrics.received(name, 'snapshot', snapshots.length);
        await publish(snapshots);
      },
      refused: (message) => {
        metrics.rejected(name, 'backfill_denied', node.host);
        const wanted = 'the user needs "write = reporting" in manager.conf';
        deps.log('warn', `Asterisk ${node.name}: channels that were up before cannot be read (${message}); ${wanted}.`);
      },
    });
    for (const channel of channels) asker?.ask(channel);
    if (channels.length === 0) return;
    deps.log('info', `Asterisk ${node.name}: read ${channels.length} channels that were up before.`);
  };

  const link = createAmiLink({
    node,
    pingMs: deps.pingMs ?? PING_MS,
    backoff: deps.backoff ?? DEFAULT_BACKOFF,
    random: deps.random ?? Math.random,
    nowUs,
    log: deps.log,
    reader: () => {
      const read = createIntake({
        node,
        trustSenderClock,
        metrics,
        nowUs,
        onNewchannel: ({ headers }) => asker?.ask(channelOf(allHeaders(headers))),
      });
      return async (items) => {
        lastSeenMs = now();
        await publish(read(items));
      };
    },
    onUp: (connection) => {
      asker = node.askCallIds === true ? askerFor(connection) : undefined;
      fill(connection).catch(fail('reading its channels'));
    },
    onGap: (gap) => publish([gap]),
    missed: () => deps.missed?.().events,
    onChange: () => metrics.sourceUp(name, link.state().state === 'up'),
  });

  return {
    async start() {
      metrics.sourceUp(name, false);
      link.start();
    },
    async stop() {
      stopped = true;
      await link.stop();
      metrics.sourceUp(name, false);
    },
    missed() {
      const events = link.missing();
      return events === undefined ? {} : { events };
    },
    state(): SourceState {
      const { state, detail } = link.state();
      // A user whose `read` has none of the classes is let in all the same, and is never told anything.
      const silent = state === 'up' && lastSeenMs === 0 ? ' No event has come yet.' : '';
      return { name, state, detail: `${detail}${silent}`, lastSeenMs };
    },
  };
}
