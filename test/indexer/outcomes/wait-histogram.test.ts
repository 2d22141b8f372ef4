import { Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createWaitHistogram } from '../../../indexer/outcomes/wait-histogram.ts';

it('a histogram of waits is scraped as that of the library is', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const same = { name: 'waits_seconds', help: 'Waits.', buckets: [0.5, 1, 5] };
  const histogram = createWaitHistogram(ours, same);
  const other = new Histogram({ ...same, labelNames: ['trunk', 'direction'], registers: [theirs] });
  for (const [trunk, seconds] of [
    ['a', 0.5],
    ['a', 0.75],
    ['a', 60],
    ['b"\\', 1],
  ] as const) {
    histogram.observe(trunk, 'inbound', seconds);
    other.observe({ trunk, direction: 'inbound' }, seconds);
  }
  const lines = async (registry: Registry): Promise<string[]> =>
    (await registry.metrics())
      .split('\n')
      .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort()}}`));
  expect((await lines(ours)).sort()).toEqual((await lines(theirs)).sort());
});
