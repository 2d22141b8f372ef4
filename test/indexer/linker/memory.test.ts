import { expect, it } from 'vitest';
import { createLinkerMemory } from '../../../indexer/linker/memory.ts';

it('a call that never falls silent is put together all the same when it has waited long enough', () => {
  const memory = createLinkerMemory();
  for (const writtenUs of [100, 150, 200]) {
    memory.hear({ dialogs: [], edges: [], channels: [{ node: 'u:talks', writtenUs }] });
  }
  expect(memory.quiet(190, 99)).toEqual([]);
  expect(memory.quiet(190, 100)).toEqual(['u:talks']);
  memory.done(['u:talks']);
  memory.hear({ dialogs: [], edges: [], channels: [{ node: 'u:talks', writtenUs: 210 }] });
  expect(memory.quiet(200, 150)).toEqual([]);
});
