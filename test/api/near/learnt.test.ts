import { describe, expect, test } from 'vitest';
import { createLearnt } from '../../../api/near/learnt.ts';

const MINUTE = 60_000;

/** Learns "key n", where n is how often it learnt anything, once it is let. */
function createSchool() {
  const asked: string[][] = [];
  const lessons: PromiseWithResolvers<void>[] = [];
  return {
    asked,
    end: (n: number) => lessons[n]?.resolve(),
    fail: (n: number) => lessons[n]?.reject(new Error('away')),
    learn: async (wanted: readonly { readonly key: string }[]): Promise<string[]> => {
      const n = asked.push(wanted.map(({ key }) => key));
      const lesson = Promise.withResolvers<void>();
      lessons.push(lesson);
      await lesson.promise;
      return wanted.map(({ key }) => `${key} ${n}`);
    },
  };
}

describe('what is learnt of the site', () => {
  const want = (...keys: string[]) => keys.map((key) => ({ key }));
  const begin = (most = 10) => {
    let ms = 0;
    const school = createSchool();
    const learnt = createLearnt<string>(most, () => ms);
    return {
      school,
      ask: (...keys: string[]) => learnt(want(...keys), school.learn),
      pass: (by: number) => (ms += by),
    };
  };

  test('is learnt once for all who ask at once, and of what is known nothing', async () => {
    const { school, ask } = begin();
    const both = [ask('a', 'b'), ask('b', 'c')];
    school.end(0);
    school.end(1);
    expect(await Promise.all(both)).toEqual([
      ['a 1', 'b 1'],
      ['b 1', 'c 2'],
    ]);
    expect(school.asked).toEqual([['a', 'b'], ['c']]);
  });

  test('answers with what it knew while it is learnt anew, once', async () => {
    const { school, ask, pass } = begin();
    const first = ask('a');
    school.end(0);
    await first;
    pass(2 * MINUTE);
    expect(await Promise.all([ask('a'), ask('a')])).toEqual([['a 1'], ['a 1']]);
    expect(school.asked.length).toBe(2);
    school.end(1);
    await expect.poll(() => ask('a')).toEqual(['a 2']);
  });

  test('is waited for when it is too old', async () => {
    const { school, ask, pass } = begin();
    const first = ask('a');
    school.end(0);
    await first;
    pass(20 * MINUTE);
    const later = ask('a');
    school.end(1);
    expect(await later).toEqual(['a 2']);
  });

  test('what could not be learnt is asked for again; what was known before stands', async () => {
    const { school, ask, pass } = begin();
    const first = ask('a');
    school.fail(0);
    await expect(first).rejects.toThrow('away');
    const second = ask('a');
    school.end(1);
    expect(await second).toEqual(['a 2']);
    pass(2 * MINUTE);
    expect(await ask('a')).toEqual(['a 2']);
    school.fail(2);
    expect(await ask('a')).toEqual(['a 2']);
    pass(2 * MINUTE);
    await ask('a');
    expect(school.asked.length).toBe(4);
  });

  test('keeps so many and no more', async () => {
    const { school, ask } = begin(2);
    for (const [i, key] of ['a', 'b', 'c'].entries()) {
      const one = ask(key);
      school.end(i);
      await one;
    }
    void ask('a');
    expect(school.asked.at(-1)).toEqual(['a']);
    void ask('c');
    expect(school.asked.length).toBe(4);
  });
});
