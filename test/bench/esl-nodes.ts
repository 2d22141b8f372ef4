import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { answerTo, frame, type Session } from '../replay/esl-answers.ts';
import { readRecording } from '../replay/recording.ts';
import { type Copy, createTemplate, type FrameTemplate, newValues, type Template, writeFrame } from './esl-template.ts';

/**
 * The other side of the benchmark, a process of its own: FreeSWITCH nodes that each play recorded calls over and over,
 * every time as other calls, at a given rate and with the pauses that were between their events.
 */

export interface PlayOrder {
  readonly recordings: readonly string[];
  readonly nodes: number;
  readonly callsPerSecond: number;
}

export interface Played {
  readonly calls: number;
  readonly channels: number;
  readonly events: number;
  /** Events that the product is to store. */
  readonly storedEvents: number;
  readonly lines: number;
  readonly eventBytes: number;
  readonly logBytes: number;
  /** CPU seconds of the sender. */
  readonly cpuSeconds: number;
}

export const PASSWORD = 'ClueCon';
const TICK_MS = 20;

interface Node {
  readonly core: Buffer;
  sequence: number;
  readonly clients: Set<Session & { readonly socket: Socket }>;
}

interface Due {
  readonly node: Node;
  readonly frame: FrameTemplate;
  readonly copy: Copy;
}

async function listen(node: Node): Promise<number> {
  const server = createServer((socket) => {
    const client = { socket, authed: false, leaving: false, events: undefined, logLevel: undefined };
    node.clients.add(client);
    socket.on('error', () => undefined).on('close', () => node.clients.delete(client));
    socket.write(frame('auth/request'));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        socket.write(answerTo(text.slice(0, end), client, { password: PASSWORD }));
        text = text.slice(end + 2);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function loadTemplates(recordings: readonly string[]): Promise<Template[]> {
  const templates: Template[] = [];
  for (const name of recordings) {
    const dir = name.startsWith('/') ? name : fileURLToPath(new URL(`../recordings/${name}`, import.meta.url));
    for (const { connections } of (await readRecording(dir)).esl) templates.push(createTemplate(connections[0] ?? []));
  }
  return templates;
}

/** Plays for so many seconds and until the last call is over. */
async function play(
  templates: readonly Template[],
  nodes: readonly Node[],
  callsPerSecond: number,
  seconds: number,
): Promise<Played> {
  const ownFrom = process.cpuUsage();
  const played = { calls: 0, channels: 0, events: 0, storedEvents: 0, lines: 0, eventBytes: 0, logBytes: 0 };
  const ticks: Due[][] = [];
  let target = Buffer.allocUnsafe(1 << 20);
  let begun = 0;
  const from = performance.now();
  const fromUs = Date.now() * 1000;
  for (let tick = 0; ; tick++) {
    const wait = from + tick * TICK_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const over = tick * TICK_MS >= seconds * 1000;
    while (!over && played.calls <= (tick * TICK_MS * callsPerSecond) / 1000) {
      const template = templates[begun % templates.length]!;
      const node = nodes[begun % nodes.length]!;
      begun++;
      const laterUs = fromUs + tick * TICK_MS * 1000 - template.startUs;
      const copy: Copy = { values: newValues(template), core: node.core, laterUs };
      played.calls += template.calls;
      for (const one of template.frames) {
        const at = tick + Math.ceil(one.afterMs / TICK_MS);
        ticks[at] ??= [];
        ticks[at].push({ node, frame: one, copy });
      }
    }
    const due = ticks[tick] ?? [];
    delete ticks[tick];
    for (const node of nodes) {
      for (const kind of ['event', 'log'] as const) {
        let end = 0;
        for (const one of due) {
          if (one.node !== node || one.frame.kind !== kind) continue;
          if (end + one.frame.bytes.length > target.length) target = Buffer.concat([target], target.length * 2);
          end = writeFrame(one.frame, one.copy, () => node.sequence++, target, end);
          if (kind === 'log') played.lines++;
          else played.events++;
          if (kind === 'event' && one.frame.stored) played.storedEvents++;
          if (kind === 'log') played.logBytes += one.frame.bytes.length;
          else played.eventBytes += one.frame.bytes.length;
        }
        if (end === 0) continue;
        const bytes = Buffer.from(target.subarray(0, end));
        for (const { socket, events, logLevel } of node.clients) {
          if ((kind === 'event' ? events : logLevel) !== undefined) socket.write(bytes);
        }
      }
    }
    if (over && tick >= ticks.length) break;
  }
  const { user, system } = process.cpuUsage(ownFrom);
  return { ...played, channels: played.calls * 2, cpuSeconds: (user + system) / 1e6 };
}

if (import.meta.main) {
  const [order] = (await once(process, 'message')) as [PlayOrder];
  const nodes: Node[] = [];
  const ports: number[] = [];
  for (let i = 0; i < order.nodes; i++) {
    const core = Buffer.from(crypto.randomUUID());
    const node: Node = { core, sequence: 1_000_000, clients: new Set() };
    nodes.push(node);
    ports.push(await listen(node));
  }
  const templates = await loadTemplates(order.recordings);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (seconds: number) => {
    void play(templates, nodes, order.callsPerSecond, seconds).then((played) => process.send?.(played));
  });
  process.send?.(ports);
}
