import type { Static } from 'typebox';
import type { Ledger } from '../../api/ledger/schema.ts';
import type { Asked } from '../system/calltrail.ts';
import type { StoredRun } from './stored.ts';

export interface FaultOptions {
  /** Empty, and the fault's alone. */
  readonly directory: string;
  readonly seed: number;
  /** Messages a second. */
  readonly rate: number;
  /** How often, where a fault is a matter of the moment. */
  readonly rounds: number;
  /** How long the store is away, where it is. */
  readonly awayMs: number;
}

/** What came over one connection and what became of it. */
export interface CheckedRun {
  readonly name: string;
  /** Messages that were given to the system of the sender. */
  readonly sent: number;
  /**
   * What Calltrail had promised: `calltrail_bus_taken_total` before it was killed. All that was sent where nobody killed the
   * process that takes.
   */
  readonly promised: number;
  readonly stored: StoredRun | undefined;
}

export interface FaultResult {
  readonly runs: readonly CheckedRun[];
  /** `calltrail_lost_total` of all processes at the end. */
  readonly lost: number;
  /** What else is not as it should be, a sentence each. */
  readonly wrong?: readonly string[];
}

export interface Fault {
  readonly name: string;
  /** What is done, for the table in docs/reliability.md. */
  readonly what: string;
  run(options: FaultOptions): Promise<FaultResult>;
}

/** A sentence for each thing that was lost or doubled; none when the ledger holds. */
export function problemsOf({ runs, lost, wrong = [] }: FaultResult): string[] {
  const problems = [...wrong];
  if (lost !== 0) problems.push(`calltrail_lost_total is ${lost}`);
  if (!runs.some(({ promised }) => promised > 0)) problems.push('nothing was promised: nothing was tried');
  for (const { name, sent, promised, stored } of runs) {
    const { rows, distinct, last } = stored ?? { rows: 0, distinct: 0, last: -1 };
    const run = `${name}: ${sent} sent, ${promised} promised, ${rows} rows of ${distinct} messages up to number ${last}`;
    if (rows !== distinct) problems.push(`${run}: ${rows - distinct} are doubled`);
    // What one connection brought is stored up to some message, and without a hole.
    if (distinct !== last + 1) problems.push(`${run}: ${last + 1 - distinct} are missing in the middle`);
    if (distinct < promised) problems.push(`${run}: ${promised - distinct} were promised and are not there`);
    if (distinct > sent) problems.push(`${run}: more than were sent`);
  }
  return problems;
}

/**
 * What a process says of itself when nothing waits any more: what came in and what was left by the process before is stored or
 * lost, to the event, in its metrics and, where it has the role of the api, in its ledger.
 */
export async function ledgerProblems(calltrail: Asked): Promise<string[]> {
  const text = await (await calltrail.get('/metrics')).text();
  const sum = (name: string, match = ''): number =>
    text
      .split('\n')
      .filter((line) => line.startsWith(name) && line.includes(match))
      .reduce((all, line) => all + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  const arrived = sum('calltrail_bus_taken_total') + sum('calltrail_journal_recovered_total');
  const stored = sum('calltrail_bus_stored_total');
  const waiting = sum('calltrail_bus_waiting_events');
  const lost = sum('calltrail_lost_total', 'stage="journal"');
  const problems: string[] = [];
  if (arrived !== stored + waiting + lost) {
    problems.push(`the journal does not add up: ${arrived} in, ${stored} stored, ${waiting} waiting, ${lost} lost`);
  }
  const answer = await calltrail.get('/api/ledger');
  if (answer.ok) {
    const { balances, stages } = (await answer.json()) as Static<typeof Ledger>;
    if (!balances) problems.push(`the ledger does not add up: ${JSON.stringify(stages)}`);
  }
  return problems;
}
