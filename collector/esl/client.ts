import type { FreeswitchNode } from '../../core/config/config.ts';
import type { CaptureEvent, GapSeen, Micros } from '../../core/model/capture-event.ts';
import type { SourceState } from '../../core/runtime/source.ts';
import { DEFAULT_BACKOFF } from '../link/backoff.ts';
import type { ClientDeps, NodeSource } from '../link/client.ts';
import { backfill } from './backfill.ts';
import type { EslConnection } from './connection.ts';
import { readSnapshot } from './event.ts';
import { createIntake } from './intake.ts';
import { createStream, type EslStream } from './stream.ts';

/** Three missing, and some room for one that is late. */
const MISSED_HEARTBEATS = 3.5;

export interface EslDeps extends ClientDeps {
  /** `logLevel`: 0 console … 7 debug (default). */
  readonly node: Omit<FreeswitchNode, 'logLevel'> & Partial<Pick<FreeswitchNode, 'logLevel'>>;
  /** The interval that is assumed until two HEARTBEATs show a longer one. */
  readonly heartbeatMs?: number;
}

/**
 * Everything one FreeSWITCH tells over mod_event_socket. Events and log lines come over two connections: at level 7
 * there are four log lines to an event, and the switch drops whatever a slow listener leaves in its queue, so a flood
 * of lines must not cost events.
 */
export function createEslSource(deps: EslDeps): NodeSource {
  const { node, bus, metrics, trustSenderClock } = deps;
  if (/[\r\n]/.test(`${node.user ?? ''}${node.password}`)) {
    throw new Error(`esl ${node.name}: a line break in the user or password`);
  }
  const name = `esl:${node.name}`;
  const address = `${node.host}:${node.port}`;
  const logLevel = node.logLevel ?? 7;
  const now = deps.now ?? Date.now;
  const nowUs = (): Micros => Math.round(now() * 1000);
  const intake = createIntake({ node, trustSenderClock, metrics, nowUs, heartbeatMs: deps.heartbeatMs });
  let stopped = false;
  let lastSeenMs = 0;

  const publish = async (captured: readonly CaptureEvent[]): Promise<void> => {
    if (captured.length === 0 || stopped) return;
    await bus.publish(captured);
  };

  const fill = async (connection: EslConnection): Promise<void> => {
    const count = await backfill({
      connection,
      read: (body) => readSnapshot(body, { node: node.name, arrivedUs: nowUs(), trustSenderClock }),
      publish: async (snapshot) => {
        metrics.received(name, 'snapshot');
        await publish([snapshot]);
      },
      rejected: (reason, bytes) => {
        metrics.rejected(name, reason, node.host);
        const start = bytes.toString('utf8', 0, 80);
        deps.log('warn', `FreeSWITCH ${node.name}: channels that were up before cannot be read (${reason}): ${start}`);
      },
    });
    if (count > 0) deps.log('info', `FreeSWITCH ${node.name}: read ${count} channels that were up before.`);
  };

  const onGap = (gap: GapSeen): Promise<void> => publish([gap]);
  const shared = {
    node,
    backoff: deps.backoff ?? DEFAULT_BACKOFF,
    random: deps.random ?? Math.random,
    nowUs,
    log: deps.log,
    onGap,
    onUnreadable: ({ reason, bytes }: { readonly reason: string; readonly bytes: Buffer }) =>
      publish([intake.unreadable(reason, bytes)]),
    onChange: () => metrics.sourceUp(name, state().state === 'up'),
  };

  const quietLimitMs = (): number => intake.heartbeatMs() * MISSED_HEARTBEATS;
  const logs: EslStream = createStream({
    ...shared,
    stream: 'logs',
    missed: () => deps.missed?.().logs,
    subscribe: `log ${logLevel}`,
    // A switch without calls logs nothing for hours.
    quietLimitMs: () => Number.POSITIVE_INFINITY,
    reader: () => {
      const read = intake.logs();
      return async (frames) => {
        lastSeenMs = now();
        await publish(await read(frames));
      };
    },
    onUp: () => undefined,
  });
  const events: EslStream = createStream({
    ...shared,
    stream: 'events',
    missed: () => deps.missed?.().events,
    // ALL, not names: only ALL brings the CUSTOM subclasses of modules that are loaded later, see interest.ts.
    subscribe: 'event json ALL',
    quietLimitMs,
    reader: () => {
      const read = intake.events();
      return async (frames) => {
        lastSeenMs = now();
        await publish(read(frames));
      };
    },
    onUp: (connection) => {
      fill(connection).catch((error: unknown) => {
        deps.log('error', `FreeSWITCH ${node.name}: reading its channels failed: ${String(error)}`);
      });
    },
    onGap: async (gap) => {
      // A dead path took the other connection with it, where no heartbeat would ever tell.
      if (gap.reason === 'no_heartbeat') {
        const detail = 'is silent on both connections';
        logs.closeIfQuiet(quietLimitMs(), { reason: 'no_heartbeat', detail });
      }
      await onGap(gap);
    },
  });

  function state(): SourceState {
    const parts = [events, logs].map((stream) => ({ ...stream.state(), denied: stream.denied() }));
    // Log lines that are not allowed are a choice of the operator: the source works as well as it may.
    const counted = parts.filter((part, index) => index === 0 || !part.denied);
    const worst = (['down', 'connecting'] as const).find((bad) => counted.some((part) => part.state === bad));
    const detail = parts.every((part) => part.state === 'up')
      ? `Connected to ${address}: events, and log lines up to level ${logLevel}.`
      : [...new Set(parts.map((part) => part.detail))].join(' ');
    return { name, state: worst ?? 'up', detail, lastSeenMs };
  }

  return {
    async start() {
      metrics.sourceUp(name, false);
      events.start();
      logs.start();
    },
    async stop() {
      stopped = true;
      await Promise.all([events.stop(), logs.stop()]);
      metrics.sourceUp(name, false);
    },
    missed() {
      const [ofEvents, ofLogs] = [events.missing(), logs.missing()];
      return {
        ...(ofEvents === undefined ? {} : { events: ofEvents }),
        ...(ofLogs === undefined ? {} : { logs: ofLogs }),
      };
    },
    state,
  };
}
