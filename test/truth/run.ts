import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../core/config/config.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import type { HostPort, UdpFlow } from '../replay/hep-sender.ts';
import { createPlayer, type Player, type PlayReport } from '../replay/player.ts';
import type { Recording } from '../replay/recording.ts';
import { layTables } from '../system/tables.ts';
import { type Asker, createAsker } from './ask.ts';
import { createContained, withoutUndelivered } from './contained.ts';
import { type Answers, type Score, scoreOf } from './score.ts';
import { siteOf } from './site.ts';
import { readTruth, type Truth } from './truth-file.ts';

/** The whole product, running. */
export interface RunningCalltrail {
  readonly httpUrl: string;
  readonly hepUdp: HostPort;
  readonly hepTcp: HostPort;
  /** Resolves when everything that was received so far is stored. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface TruthDeps {
  readonly start: (config: Config) => Promise<RunningCalltrail>;
}

export const TRUTH_ORDERS = ['recorded', 'shuffled', 'twice'] as const;
/** "twice": in the recorded order, and everything once more. */
export type TruthOrder = (typeof TRUTH_ORDERS)[number];

export interface Verdict {
  readonly recording: string;
  readonly order: TruthOrder;
  readonly calls: number;
  readonly legs: number;
  /** Of what is proven. */
  readonly score: Score;
  /** With guesses; undefined where all that was delivered is proven. */
  readonly guessed: Score | undefined;
  /** Identifiers of the truth that the recording does not hold, and that are not asked for. */
  readonly undelivered: number;
  readonly searches: number;
  /** Numbers whose search result does not hold their call. */
  readonly notSearched: readonly string[];
  /** What was sent and never read by the product, one sentence each. */
  readonly lost: readonly string[];
}

export interface RunOptions {
  readonly seed?: number;
  /** First for what is sent, then for what is asked. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Datagrams on their way at a time: they fit into the smallest receive buffer that systems give (208 KiB on Linux). */
const WINDOW = 80;
const QUESTIONS_AT_ONCE = 4;
const LOST_AFTER_MS = 3000;
const LOOK_EVERY_MS = 20;

/** Replays one recording into a fresh store and asks the product for every call of it, by each of its identifiers. */
export async function runRecording(
  recording: Recording,
  order: TruthOrder,
  deps: TruthDeps,
  options: RunOptions = {},
): Promise<Verdict> {
  const truth = readTruth(recording.truth, { uniqueids: recording.ami.length > 0 });
  return withReplayed(recording, order, deps, options, async (product, lost) => {
    const asker = createAsker(product.httpUrl);
    return {
      recording: recording.name,
      order,
      lost,
      ...(await judge(truth, asker, createContained(recording), options)),
    };
  });
}

/** Lets `work` ask a product that has read this recording and nothing else; all of it is gone afterwards. */
export async function withReplayed<T>(
  recording: Recording,
  order: TruthOrder,
  deps: TruthDeps,
  options: RunOptions,
  work: (product: RunningCalltrail, lost: readonly string[]) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'calltrail-truth-'));
  try {
    const player = await createPlayer(recording);
    try {
      await layTables(dir);
      const product = await deps.start(configFor(player, dir, recording.name));
      try {
        const lost = await replayInto(product, createAsker(product.httpUrl), player, order, options);
        return await work(product, lost);
      } finally {
        await product.stop();
      }
    } finally {
      await player.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function configFor({ freeswitch, asterisk }: Player, path: string, name: string): Config {
  return resolveConfig({
    http: { host: '127.0.0.1', port: 0 },
    // Recordings keep their date, however old they are.
    store: { kind: 'embedded', path, retention: { messages: 0, events: 0, logs: 0, identifiers: 0 } },
    collector: {
      hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' },
      freeswitch: freeswitch.map((node) => ({ ...node })),
      asterisk: asterisk.map((node) => ({ ...node })),
      trustSenderClock: true,
    },
    // Asked with guesses and without them: what they are made from has to be stored.
    correlation: { ...siteOf(name), guesses: true },
  });
}

/** Plays a recording into a product that runs, until all of it is read and stored; answers what was lost, one sentence each. */
export async function replayInto(
  product: RunningCalltrail,
  asker: Asker,
  player: Player,
  order: TruthOrder,
  { seed = 1, onProgress }: RunOptions = {},
): Promise<string[]> {
  const hep = async (): Promise<number> => (await asker.received('hep-udp')) + (await asker.received('hep-tcp'));
  const before = await hep();
  const flow: UdpFlow = { received: () => asker.received('hep-udp'), window: WINDOW };
  const report = await player.play({
    hep: product.hepUdp,
    hepTcp: product.hepTcp,
    transport: 'udp',
    speed: Number.POSITIVE_INFINITY,
    order: order === 'shuffled' ? 'shuffled' : 'recorded',
    twice: order === 'twice',
    seed,
    flow,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const lost = await waitUntilRead(report, async () => (await hep()) - before, asker);
  if (!report.complete) lost.push('some events or log lines found nobody who was subscribed to them');
  await product.settled();
  return lost;
}

/** What is in the system's buffers when the last byte was sent is not received yet. */
async function waitUntilRead(report: PlayReport, hep: () => Promise<number>, asker: Asker): Promise<string[]> {
  const lost: string[] = [];
  const wait = async (what: string, sent: number, received: () => Promise<number>): Promise<void> => {
    let seen = -1;
    let sinceMs = performance.now();
    for (;;) {
      const now = await received();
      if (now >= sent) return;
      if (now !== seen) {
        seen = now;
        sinceMs = performance.now();
      } else if (performance.now() - sinceMs > LOST_AFTER_MS) {
        lost.push(`${sent - now} of ${sent} ${what} were sent and never read`);
        return;
      }
      await sleep(LOOK_EVERY_MS);
    }
  };
  await wait('HEP packets', report.datagrams, hep);
  for (const { name, source, events, logLines } of report.nodes) {
    await wait(`frames of ${name}`, events + logLines, () => asker.received(source));
  }
  return lost;
}

type Judgement = Omit<Verdict, 'recording' | 'order' | 'lost'>;

async function judge(
  truth: Truth,
  asker: Asker,
  isContained: (identifier: string) => boolean,
  { onProgress }: RunOptions,
): Promise<Judgement> {
  const identifiers = truth.groups.flatMap((group) => group.identifiers);
  const total = identifiers.length + truth.searches.length;
  let done = 0;
  const ask = async (wanted: readonly string[], guesses: boolean): Promise<Answers> =>
    new Map(
      await inParallel(wanted, async (identifier) => {
        const answer = await asker.identifiersOf(identifier, { guesses });
        if (!guesses) onProgress?.(++done, total);
        return [identifier, answer] as const;
      }),
    );
  const proven = await ask(identifiers, false);
  const searched = await inParallel(truth.searches, async ({ number, identifiers: wanted }) => {
    const calls = await asker.search(number);
    onProgress?.(++done, total);
    return calls.some((found) => found.some((one) => wanted.includes(one)));
  });
  const first = scoreOf(truth.groups, proven, truth.outsiders);
  const missed = new Set(first.missing.flatMap(({ asked, other }) => [asked, other]));
  const groups = withoutUndelivered(truth.groups, missed, isContained);
  const score = scoreOf(groups, proven, truth.outsiders);
  const left = groups.flatMap((group) => group.identifiers);
  const guessed = score.missing.length === 0 ? undefined : scoreOf(groups, await ask(left, true), truth.outsiders);
  return {
    calls: truth.calls,
    legs: truth.legs,
    score,
    guessed,
    undelivered: identifiers.length - left.length,
    searches: truth.searches.length,
    notSearched: truth.searches.filter((_, i) => searched[i] === false).map(({ number }) => number),
  };
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i] as T);
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, worker));
  return results;
}
