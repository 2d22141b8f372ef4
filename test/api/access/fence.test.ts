import { expect, it } from 'vitest';
import { fenced } from '../../../api/access/fence.ts';
import { EVERYTHING, kept, sightOf } from '../../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../../core/store/store.ts';

/** Answers with the options that it was asked with. */
const store = fenced({
  select: async (_sql: string, _params: unknown, options: unknown) => [options],
} as unknown as Store);
const ask = (options?: SelectOptions) => store.select('SELECT 1', {}, options);
const acme = { sight: sightOf(['acme'], [{ name: 'acme', nodes: ['fs1'], domains: [] }]) };

it('a question of a route is refused that does not say for whom it is asked', async () => {
  await expect(ask()).rejects.toMatchObject({ code: 'refused', message: expect.stringMatching(/for whom/) });
  await expect(ask({ maxSeconds: 1 })).rejects.toMatchObject({ code: 'refused' });
});

it('a question for a tenant’s reader is refused until somebody has seen to what it shows', async () => {
  await expect(ask(acme)).rejects.toMatchObject({ code: 'refused', message: expect.stringMatching(/tenants alone/) });
  expect(await ask(kept(acme))).toEqual([kept(acme)]);
});

it('whoever sees all is asked nothing further', async () => {
  expect(await ask({ sight: EVERYTHING })).toEqual([{ sight: EVERYTHING }]);
});
