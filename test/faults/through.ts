import { until } from '../system/until.ts';
import type { CalltrailProcess, Site } from './calltrail-process.ts';
import { type FaultResult, ledgerProblems } from './fault.ts';
import { connectSender, type NumberedSender } from './sender.ts';
import { readStored } from './stored.ts';

/** While a fault goes on: who is harmed, and who sends. */
export interface Harmed {
  readonly calltrail: CalltrailProcess;
  readonly sender: NumberedSender;
}

export interface ThroughOptions {
  readonly rate: number;
  /** Of the sender; default "steady". */
  readonly name?: string;
  /** Resolves when all that was sent is stored. Default: the journal says so. */
  readonly stored?: (harmed: Harmed) => Promise<boolean>;
  /** Where rows are read from when all has ended; default the embedded store. */
  readonly read?: typeof readStored;
}

export const LONG = { timeoutMs: 180_000 } as const;

/** Sends over one connection while `harm` happens, waits until all of it is stored, ends in order, and reads every row. */
export async function through(
  site: Site,
  { rate, name = 'steady', stored = allStored, read = readStored }: ThroughOptions,
  harm: (harmed: Harmed) => Promise<void>,
): Promise<FaultResult> {
  const calltrail = await site.start();
  try {
    const sender = await connectSender(site.hepPort, name);
    const harmed = { calltrail, sender };
    sender.run(rate);
    const { output } = calltrail.program;
    await until('messages are stored', async () => (await calltrail.counted('calltrail_bus_stored_total')) > 0, LONG);
    await harm(harmed);
    await sender.stop();
    await until('all of it is stored', () => stored(harmed), { ...LONG, state: output });
    const [lost, wrong] = [await calltrail.counted('calltrail_lost_total'), await ledgerProblems(calltrail)];
    await calltrail.stop();
    const sent = sender.sent();
    return {
      runs: [{ name, sent, promised: sent, stored: (await read(site.directory)).get(name) }],
      lost,
      wrong,
    };
  } finally {
    await calltrail.stop();
  }
}

const allStored = async ({ calltrail, sender }: Harmed): Promise<boolean> =>
  (await calltrail.counted('calltrail_bus_stored_total')) >= sender.sent();

/** Resolves when so many seconds' worth more was sent. */
export async function sentOn(sender: NumberedSender, messages: number): Promise<void> {
  const from = sender.sent();
  await until('the sender goes on', () => sender.sent() >= from + messages, LONG);
}
