import { expect, test } from 'vitest';
import { createReconciled } from '../../collector/reconcile.ts';
import type { Source } from '../../core/runtime/source.ts';

/** Sources that only write down what is done with them. */
function setUp() {
  const steps: string[] = [];
  const logged: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (text: string) => void logged.push(text) };
  const make = (wanted: { readonly name: string; readonly bad?: string }, before: Source | undefined): Source => {
    if (wanted.bad === 'make') throw new Error('no such thing');
    const { name } = wanted;
    steps.push(`make ${name}${before === undefined ? '' : ` after ${before.state().name}`}`);
    return {
      async start() {
        steps.push(`start ${name}`);
        if (wanted.bad === 'start') throw new Error('in use');
      },
      async stop() {
        await new Promise(setImmediate);
        steps.push(`stop ${name}`);
        if (wanted.bad === 'stop') throw new Error('stuck');
      },
      state: () => ({ name, state: 'up', detail: '', lastSeenMs: 0 }),
    };
  };
  const reconciled = createReconciled({
    make,
    log,
    metrics: { sourceGone: (name) => void steps.push(`gone ${name}`) },
  });
  const become = async (
    wanted: Record<string, { readonly name: string; readonly bad?: string }>,
  ): Promise<string[]> => {
    await reconciled.become(new Map(Object.entries(wanted)));
    return steps.splice(0);
  };
  const names = (): string[] => reconciled.all().map((source) => source.state().name);
  return { reconciled, become, names, steps, logged };
}

test('starts what is new, ends what is gone, replaces what is other, and leaves the rest alone', async () => {
  const { become, names } = setUp();
  expect(await become({ a: { name: 'a' }, b: { name: 'b' } })).toEqual(['make a', 'make b', 'start a', 'start b']);
  expect(await become({ a: { name: 'a' }, b: { name: 'b' } })).toEqual([]);
  expect(await become({ a: { name: 'a' }, b: { name: 'b2' } })).toEqual(['make b2 after b', 'stop b', 'start b2']);
  expect(await become({ a: { name: 'a' } })).toEqual(['stop b2', 'gone b2']);
  expect(names()).toEqual(['a']);
});

test('one that cannot be made leaves the one that was there, and the others come all the same', async () => {
  const { become, names, logged } = setUp();
  await become({ a: { name: 'a' } });
  expect(await become({ a: { name: 'a', bad: 'make' }, b: { name: 'b' } })).toEqual(['make b', 'start b']);
  expect(names()).toEqual(['a', 'b']);
  expect(logged).toEqual(['a cannot be listened to: no such thing']);
});

test('one that does not start, or does not end, is told and disturbs nothing that comes later', async () => {
  const { become, names, logged } = setUp();
  await become({ a: { name: 'a', bad: 'start' }, b: { name: 'b', bad: 'stop' } });
  await become({});
  expect(await become({ c: { name: 'c' } })).toEqual(['make c', 'start c']);
  expect(names()).toEqual(['c']);
  expect(logged).toEqual(['a cannot be listened to: in use', 'b did not end well: stuck']);
});

test('calls are done one after the other, and none after the stop', async () => {
  const { reconciled, steps, names } = setUp();
  const only = (name: string) => new Map([['x', { name }]]);
  await Promise.all([reconciled.become(only('1')), reconciled.become(only('2')), reconciled.become(only('3'))]);
  expect(steps).toEqual([
    ...['make 1', 'start 1', 'make 2 after 1', 'stop 1', 'start 2', 'make 3 after 2', 'stop 2', 'start 3'],
  ]);
  await reconciled.stop();
  await reconciled.become(only('4'));
  expect(names()).toEqual(['3']);
});
