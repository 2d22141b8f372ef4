import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is something else than undefined or false. Rejects after `timeoutMs` with what was waited for,
 * and with what `state` says then.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 30_000, state = () => '' }: { timeoutMs?: number; state?: () => string } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms\n${state()}`);
    await sleep(20);
  }
}
