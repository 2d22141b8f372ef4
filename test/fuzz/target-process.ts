import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startProcess } from '../../calltrail.ts';
import { loadConfig } from '../../core/config/load.ts';
import { createLog } from '../../core/runtime/log.ts';

/**
 * Calltrail as a process that tells what it holds: run with --expose-gc and a configuration, it answers each message of its
 * parent with a {@link Held}, and ends in order when that says "stop".
 */

/** What a process holds when nothing goes on. */
export interface Held {
  /** Bytes in use after garbage was collected, buffers outside the heap counted in. */
  readonly bytes: number;
  /** Open files, sockets included. */
  readonly files: number;
  /** The longest time since it was asked last in which everybody else waited for one piece of work, in ms. */
  readonly longestTurnMs: number;
}

if (process.send !== undefined) {
  const running = await startProcess(loadConfig(process.argv[2] ?? ''), createLog());
  const turns = monitorEventLoopDelay({ resolution: 20 });
  turns.enable();
  process.on('message', (asked) => {
    if (asked === 'stop') return void running.stop().then(() => process.exit(0));
    const longestTurnMs = turns.max / 1e6;
    for (let i = 0; i < 3; i++) globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const held: Held = { bytes: heapUsed + external, files: readdirSync('/proc/self/fd').length, longestTurnMs };
    turns.reset();
    process.send?.(held);
  });
  process.send({ ready: true });
}
