import { setTimeout as sleep } from 'node:timers/promises';
import type { AsteriskNode, FreeswitchNode } from '../../core/config/config.ts';
import { type AmiReplayServer, createAmiReplayServer } from './ami-server.ts';
import type { RecordedFrame } from './esl-recording.ts';
import { createEslReplayServer, type EslReplayServer } from './esl-server.ts';
import { createTcpSender, createUdpSender, type HepSender, type HostPort, type UdpFlow } from './hep-sender.ts';
import type { Recording } from './recording.ts';
import { type Order, type Step, scheduleOf } from './schedule.ts';
import { reconnected, subscribed } from './subscribed.ts';

export interface PlayerOptions {
  /** The event socket of the first node listens here and the others on the ports after it; 0 (default) takes free ones. */
  readonly eslPort?: number;
  /** The same for the manager interfaces. */
  readonly amiPort?: number;
  readonly password?: string;
}

export interface PlayOptions {
  readonly hep: HostPort;
  readonly hepTcp?: HostPort;
  /** "udp" (default) sends to `hep`, but over TCP what was recorded over TCP when `hepTcp` is given; "tcp" all to `hepTcp`. */
  readonly transport?: 'udp' | 'tcp';
  /** 1 (default): as recorded; 10: ten times as fast; Infinity: as fast as the receiver takes it. */
  readonly speed?: number;
  readonly order?: Order;
  readonly twice?: boolean;
  readonly seed?: number;
  /** See {@link createUdpSender}. */
  readonly flow?: UdpFlow;
  /** How long to wait for the product to connect to an event socket, at the start and after each end; 60 s. */
  readonly connectTimeoutMs?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface NodeReport {
  readonly name: string;
  /** As the product calls it: "esl:fs1", "ami:ast1". */
  readonly source: string;
  readonly events: number;
  readonly logLines: number;
}

export interface PlayReport {
  readonly datagrams: number;
  /** What each node sent. */
  readonly nodes: readonly NodeReport[];
  /** False when some events or log lines found nobody who was subscribed to them. */
  readonly complete: boolean;
}

export interface Player {
  /** How to reach the event sockets, as the configuration says it; they listen already. */
  readonly freeswitch: readonly FreeswitchNode[];
  /** The same for the manager interfaces. */
  readonly asterisk: readonly AsteriskNode[];
  play(options: PlayOptions): Promise<PlayReport>;
  close(): Promise<void>;
}

const MAX_GROUP = 64;
const AMI_USER = 'calltrail';

type Server =
  | { readonly kind: 'esl'; readonly node: EslReplayServer }
  | { readonly kind: 'ami'; readonly node: AmiReplayServer };
type Servers = ReadonlyMap<string, Server>;

/** Plays a recording to the real sockets of the product: HEP as a sender, event socket and AMI as the switch. */
export async function createPlayer(recording: Recording, options: PlayerOptions = {}): Promise<Player> {
  const password = options.password ?? 'ClueCon';
  const servers = new Map<string, Server>();
  const close = async (): Promise<void> => {
    await Promise.all([...servers.values()].map(({ node }) => node.close()));
  };
  try {
    for (const [i, { node }] of recording.esl.entries()) {
      const port = portAt(options.eslPort, i);
      servers.set(node, { kind: 'esl', node: await createEslReplayServer({ password, port }) });
    }
    for (const [i, { node }] of recording.ami.entries()) {
      const port = portAt(options.amiPort, i);
      servers.set(node, { kind: 'ami', node: await createAmiReplayServer({ username: AMI_USER, password, port }) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    freeswitch: [...servers].flatMap(
      ([
        name,
        {
          kind,
          node: { host, port },
        },
      ]) => (kind === 'esl' ? [{ name, host, port, password, logLevel: 7 }] : []),
    ),
    asterisk: [...servers].flatMap(
      ([
        name,
        {
          kind,
          node: { host, port },
        },
      ]) => (kind === 'ami' ? [{ name, host, port, username: AMI_USER, password }] : []),
    ),
    play: (playOptions) => play(recording, servers, playOptions),
    close,
  };
}

const portAt = (first: number | undefined, index: number): number => (first ? first + index : 0);

async function play(recording: Recording, servers: Servers, options: PlayOptions): Promise<PlayReport> {
  const { signal, speed = 1 } = options;
  const steps = scheduleOf(recording, {
    order: options.order ?? 'recorded',
    twice: options.twice ?? false,
    seed: options.seed ?? 1,
  });
  const connectMs = options.connectTimeoutMs ?? 60_000;
  const counts = new Map(
    [...servers].map(([name, { kind }]) => [name, { name, source: `${kind}:${name}`, events: 0, logLines: 0 }]),
  );
  let datagrams = 0;
  let complete = true;
  await Promise.all([...servers].map(([name, { node }]) => subscribed(name, node, connectMs, signal)));
  const senders = await openSenders(steps, options);
  const startedMs = performance.now();

  const perform = async (group: readonly Step[]): Promise<void> => {
    const first = group[0]!;
    switch (first.kind) {
      case 'packet': {
        const sender = senders(first.tcp);
        await sender.send(packetsOf(group), signal);
        datagrams += group.length;
        return;
      }
      case 'frame': {
        const frames = group.flatMap((step) => (step.kind === 'frame' ? [step.frame] : []));
        const server = servers.get(first.node)!;
        const wanted = wantedOf(server, frames);
        if (!(await server.node.feed(wanted))) complete = false;
        const count = counts.get(first.node)!;
        for (const frame of wanted) {
          if (isLogLine(frame)) count.logLines++;
          else if (isEvent(server, frame)) count.events++;
        }
        return;
      }
      case 'reconnect':
        await reconnected(first.node, servers.get(first.node)!.node, connectMs, signal);
        return;
      default:
        first satisfies never;
    }
  };

  try {
    for (let next = 0; next < steps.length; ) {
      signal?.throwIfAborted();
      const dueMs = (step: Step): number => (step.atMs - recording.startMs) / speed;
      const waitMs = dueMs(steps[next]!) - (performance.now() - startedMs);
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      const elapsedMs = performance.now() - startedMs;
      const group = groupAt(steps, next, (step) => dueMs(step) <= elapsedMs);
      await perform(group);
      next += group.length;
      options.onProgress?.(next, steps.length);
    }
  } finally {
    await senders.close();
  }
  return { datagrams, nodes: [...counts.values()], complete };
}

/** Asterisk sends only the classes of events that were asked for; an event socket has been asked for everything. */
function wantedOf(server: Server, frames: readonly RecordedFrame[]): readonly RecordedFrame[] {
  return server.kind === 'ami' ? frames.filter(server.node.isWanted) : frames;
}

const isLogLine = ({ type }: RecordedFrame): boolean => type === 'log/data';
const isEvent = ({ kind }: Server, { type }: RecordedFrame): boolean => kind === 'ami' || type === 'text/event-json';

/** Steps that go to the same place and are due; at least one, as the clock may be a little early. */
function groupAt(steps: readonly Step[], from: number, due: (step: Step) => boolean): readonly Step[] {
  const first = steps[from]!;
  let end = from + 1;
  while (end < steps.length && end - from < MAX_GROUP && sameTarget(first, steps[end]!) && due(steps[end]!)) end++;
  return steps.slice(from, end);
}

function sameTarget(a: Step, b: Step): boolean {
  if (a.kind === 'packet') return b.kind === 'packet' && a.tcp === b.tcp;
  return a.kind === 'frame' && b.kind === 'frame' && a.node === b.node;
}

const packetsOf = (steps: readonly Step[]): Buffer[] =>
  steps.flatMap((step) => (step.kind === 'packet' ? [step.bytes] : []));

type Senders = ((tcp: boolean) => HepSender) & { close(): Promise<void> };

async function openSenders(
  steps: readonly Step[],
  { hep, hepTcp, transport = 'udp', flow }: PlayOptions,
): Promise<Senders> {
  const overTcp = (tcp: boolean): boolean => transport === 'tcp' || (tcp && hepTcp !== undefined);
  if (transport === 'tcp' && hepTcp === undefined) throw new Error('replay: no address for HEP over TCP');
  const packets = steps.filter((step) => step.kind === 'packet');
  const udp = packets.some(({ tcp }) => !overTcp(tcp)) ? await createUdpSender(hep, flow) : undefined;
  let tcp: HepSender | undefined;
  try {
    if (packets.some((step) => overTcp(step.tcp))) tcp = await createTcpSender(hepTcp!);
  } catch (error) {
    await udp?.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    await Promise.all([udp?.close(), tcp?.close()]);
  };
  return Object.assign((wasTcp: boolean) => (overTcp(wasTcp) ? tcp! : udp!), { close });
}
