import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { limitQuestions } from '../../../core/store/question-limit.ts';
import type { Store } from '../../../core/store/store.ts';

/** A store that answers when it is told to, in any order. */
function slowStore() {
  const asked: { readonly sql: string; answer(): void; fail(): void }[] = [];
  const select = (sql: string): Promise<never[]> =>
    new Promise((resolve, reject) =>
      asked.push({ sql, answer: () => resolve([]), fail: () => reject(new Error('no')) }),
    );
  return { store: { select } as unknown as Store, asked };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many questions at once are asked, the others wait in order, and more are refused and counted', async () => {
  const { store, asked } = slowStore();
  const registry = new Registry();
  const limited = limitQuestions(store, registry, { atOnce: 2, waiting: 2 });
  const all = ['a', 'b', 'c', 'd'].map((sql) => limited.select(sql));
  await expect(limited.select('e')).rejects.toMatchObject({ code: 'unreachable', retriable: true });
  await settle();
  expect(asked.map(({ sql }) => sql)).toEqual(['a', 'b']);
  const text = await registry.metrics();
  expect(text).toContain('calltrail_questions_running 2');
  expect(text).toContain('calltrail_questions_waiting 2');
  expect(text).toContain('calltrail_questions_refused_total 1');
  asked[1]!.fail();
  await expect(all[1]).rejects.toThrow('no');
  await settle();
  expect(asked.map(({ sql }) => sql)).toEqual(['a', 'b', 'c']);
  for (let i = 0; i < 4; i++) {
    for (const one of asked) one.answer();
    await settle();
  }
  await Promise.all([all[0], all[2], all[3]]);
  expect(await registry.metrics()).toContain('calltrail_questions_running 0');
});

test('a question that nobody waits for any more is not asked', async () => {
  const { store, asked } = slowStore();
  const limited = limitQuestions(store, new Registry(), { atOnce: 1, waiting: 5 });
  const gone = new AbortController();
  const first = limited.select('a');
  const second = limited.select('b', {}, { signal: gone.signal });
  const third = limited.select('c');
  gone.abort();
  await expect(second).rejects.toMatchObject({ code: 'aborted' });
  await settle();
  asked[0]!.answer();
  await first;
  await settle();
  expect(asked.map(({ sql }) => sql)).toEqual(['a', 'c']);
  asked[1]!.answer();
  await third;
});
