import { parseArgs } from 'node:util';
import { createProgress, type Progress } from '../../core/runtime/progress.ts';
import { parsed, UsageError } from '../replay/arguments.ts';
import type { Output } from '../replay/cli.ts';
import { type Recording, RecordingError, readRecording } from '../replay/recording.ts';
import { isRight, textOf, totalOf } from './report.ts';
import { runRecording, TRUTH_ORDERS, type TruthDeps, type TruthOrder, type Verdict } from './run.ts';

const USAGE =
  'npm run truth -- DIR... [--order recorded|shuffled|twice|all] [--without hep|esl|ami] [--seed N] [--verbose] [--json]';

/**
 * `npm run truth -- DIR...`: replays recordings through the whole product and compares what it found with what the
 * recordings say. Writes one line for each recording and order to stdout (with --json one JSON object).
 *
 * @returns the exit code: 0 when everything was found and nothing else, 1 when not, 2 when the command makes no sense
 */
export async function runTruth(argv: readonly string[], deps: TruthDeps, output: Output = process): Promise<number> {
  let progress: Progress | undefined;
  const verdicts: Verdict[] = [];
  try {
    const { dirs, orders, seed, verbose, json, without } = parseTruthArguments(argv);
    for (const dir of dirs) {
      const whole = await judgeable(dir, output);
      if (whole === undefined) continue;
      const recording = without === undefined ? whole : { ...whole, [without]: [] };
      for (const order of orders) {
        progress = createProgress(`${recording.name} ${order}`);
        const verdict = await runRecording(recording, order, deps, { seed, onProgress: progress.update });
        progress.end();
        verdicts.push(verdict);
        output.stdout.write(json ? `${JSON.stringify(verdict)}\n` : textOf(verdict, verbose));
      }
    }
    if (verdicts.length === 0) return 2;
    if (!json) output.stdout.write(totalOf(verdicts));
    return verdicts.every(isRight) ? 0 : 1;
  } catch (error) {
    progress?.end();
    if (error instanceof UsageError) output.stderr.write(`${error.message}\nUsage: ${USAGE}\n`);
    else if (error instanceof RecordingError) output.stderr.write(`${error.message}\n`);
    else throw error;
    return 2;
  }
}

/** "captures/*" names what lies beside the recordings as well: that is told and left out. */
async function judgeable(dir: string, output: Output): Promise<Recording | undefined> {
  try {
    const recording = await readRecording(dir);
    if (recording.truth !== undefined) return recording;
    output.stderr.write(`${dir} has no truth.json to compare with\n`);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    output.stderr.write(`${error.message}\n`);
  }
  return undefined;
}

interface TruthArguments {
  readonly dirs: readonly string[];
  readonly orders: readonly TruthOrder[];
  readonly seed: number;
  readonly verbose: boolean;
  readonly json: boolean;
  /** A source that is left out, as if nobody had connected it. */
  readonly without: Source | undefined;
}

const SOURCES = ['hep', 'esl', 'ami'] as const;
type Source = (typeof SOURCES)[number];

function parseTruthArguments(argv: readonly string[]): TruthArguments {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        order: { type: 'string', default: 'all' },
        seed: { type: 'string', default: '1' },
        verbose: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        without: { type: 'string' },
      },
    }),
  );
  if (positionals.length === 0) throw new UsageError('Which recordings? Give their directories.');
  const one = TRUTH_ORDERS.find((order) => order === values.order);
  if (one === undefined && values.order !== 'all') {
    throw new UsageError(`--order must be ${TRUTH_ORDERS.join(', ')} or all, not "${values.order}".`);
  }
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw new UsageError(`--seed must be a whole number, not "${values.seed}".`);
  const without = SOURCES.find((source) => source === values.without);
  if (without === undefined && values.without !== undefined) {
    throw new UsageError(`--without must be ${SOURCES.join(', ')}, not "${values.without}".`);
  }
  const { verbose, json } = values;
  return { dirs: positionals, orders: one === undefined ? TRUTH_ORDERS : [one], seed, verbose, json, without };
}
