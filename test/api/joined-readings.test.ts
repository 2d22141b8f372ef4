import { describe, expect, it } from 'vitest';
import type { OpenCall } from '../../api/call/finder.ts';
import { createJoinedReadings } from '../../api/call/joined-readings.ts';
import { EVERYTHING, type Sight, sightOf } from '../../core/runtime/sight.ts';

const TENANTS = ['acme', 'bolt'].map((name) => ({ name, nodes: [`${name}-*`], domains: [] }));
const ALL = { guesses: false, logs: true };
const WITHOUT_LOGS = { guesses: false, logs: false };

interface Begun {
  readonly key: string;
  readonly sight: Sight | undefined;
  readonly signal: AbortSignal | undefined;
  end(): void;
  fail(error: Error): void;
}

/** Readings that end when they are told to. */
function started() {
  const begun: Begun[] = [];
  let atMs = 0;
  const read = createJoinedReadings(
    (key, _wishes, { sight, signal }) =>
      new Promise((resolve, reject) => {
        const end = (): void => resolve({ call: { name: key } } as never as OpenCall);
        begun.push({ key, sight, signal, end, fail: reject });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    () => atMs,
  );
  return {
    begun,
    read,
    wait: (ms: number): void => {
      atMs += ms;
    },
  };
}

describe('questions for one call in the same moment', () => {
  it('are answered by one reading, those for less by one that reads more', async () => {
    const { begun, read } = started();
    const answers = [
      read('a', ALL, { sight: EVERYTHING }),
      read('a', WITHOUT_LOGS, { sight: EVERYTHING }),
      read('a', ALL, { sight: { hidden: {} as never } }),
    ];
    expect(begun.map(({ key }) => key)).toEqual(['a']);
    // What one of them may not see is not of the reading.
    expect(begun[0]?.sight).toEqual({});
    begun[0]?.end();
    const [first, ...others] = await Promise.all(answers);
    for (const other of others) expect(other).toBe(first);
  });

  it('are not joined where they may not be answered alike', () => {
    const { begun, read } = started();
    const sights = [EVERYTHING, ...TENANTS.map(({ name }) => sightOf([name], TENANTS))];
    for (const sight of sights) void read('a', ALL, { sight });
    expect(begun).toHaveLength(3);
    void read('b', ALL, { sight: EVERYTHING });
    void read('a', { guesses: true, logs: true }, { sight: EVERYTHING });
    expect(begun).toHaveLength(5);
    // One that reads less has not all.
    void read('c', WITHOUT_LOGS, { sight: EVERYTHING });
    void read('c', ALL, { sight: EVERYTHING });
    expect(begun).toHaveLength(7);
  });

  it('do not join a reading that began a while ago or has ended: more may be stored since', async () => {
    const { begun, read, wait } = started();
    const first = read('a', ALL, {});
    wait(101);
    void read('a', ALL, {});
    expect(begun).toHaveLength(2);
    begun[0]?.end();
    begun[1]?.end();
    await first;
    void read('a', ALL, {});
    expect(begun).toHaveLength(3);
  });

  it('go on when one of them is given up, and end when all are', async () => {
    const { begun, read } = started();
    const [one, two] = [new AbortController(), new AbortController()];
    const given = read('a', ALL, { signal: one.signal });
    const other = read('a', ALL, { signal: two.signal });
    one.abort(new Error('gone'));
    await expect(given).rejects.toThrow('gone');
    expect(begun[0]?.signal?.aborted).toBe(false);
    two.abort(new Error('gone too'));
    await expect(other).rejects.toThrow('gone too');
    expect(begun[0]?.signal?.aborted).toBe(true);
    // Who asks now is not answered with what was given up.
    const late = read('a', ALL, {});
    expect(begun).toHaveLength(2);
    begun[1]?.end();
    await expect(late).resolves.toMatchObject({ call: { name: 'a' } });
  });

  it('all hear of it when the reading fails, and the next one is read anew', async () => {
    const { begun, read } = started();
    const answers = [read('a', ALL, {}), read('a', ALL, {})];
    begun[0]?.fail(new Error('the store is away'));
    for (const answer of answers) await expect(answer).rejects.toThrow('the store is away');
    void read('a', ALL, {});
    expect(begun).toHaveLength(2);
  });
});
