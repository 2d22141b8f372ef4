import { expect, it } from 'vitest';
import { MAX_EDGES_PER_NODE } from '../../../core/call/graph/neighbours.ts';
import type { NodeKey } from '../../../core/model/edge.ts';
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

it('what is known of a call that goes on is kept until it is over, as long as there is room', () => {
  const memory = createLinkerMemory(2);
  const hear = (node: NodeKey, writtenUs: number): void =>
    memory.hear({ dialogs: [], edges: [], channels: [{ node, writtenUs }] });
  const remembered = (): NodeKey[] => (['u:over', 'u:talks'] as const).filter(memory.has);
  for (const node of ['u:over', 'u:talks'] as const) hear(node, 100);
  memory.done(['u:over', 'u:talks']);
  memory.noteTalk(['u:talks', 'v:nobody heard of it'], true);
  memory.forget(100, 50);
  expect(remembered()).toEqual(['u:over', 'u:talks']);
  memory.forget(101, 50);
  expect(remembered()).toEqual(['u:talks']);
  // Nobody talks for ever: its end may have been lost.
  memory.forget(200, 101);
  expect(remembered()).toEqual([]);

  hear('u:talks', 300);
  memory.done(['u:talks']);
  memory.noteTalk(['u:talks'], true);
  memory.noteTalk(['u:talks'], false);
  memory.forget(301, 50);
  expect(remembered()).toEqual([]);

  for (const node of ['u:talks', 'u:over', 'u:third'] as const) hear(node, 400);
  memory.done(['u:talks', 'u:over', 'u:third']);
  memory.noteTalk(['u:talks', 'u:over', 'u:third'], true);
  memory.forget(300, 50);
  expect(remembered()).toEqual(['u:over']);
});

it('of an identifier that half a site names no more is remembered than a walk looks at, and of each leg that it names it', async () => {
  const memory = createLinkerMemory();
  const legs = Array.from({ length: 3000 }, (_, i): NodeKey => `c:leg${i}@site.example`);
  const value = 'v:the same everywhere';
  const channel = 'u:queue';
  const edges = legs.flatMap((node, i) =>
    ([value, channel] as const).map((peer) => ({
      writtenUs: 100 + i,
      edge: {
        ...({ node, peer, kind: 'merge', tier: 'protocol', why: 'site_header', forward: true } as const),
        ...{ sinceUs: i, untilUs: i, evidence: { table: 'messages', id: `${i}`, atUs: i } as const },
      },
    })),
  );
  memory.hear({ dialogs: [], edges, channels: [] });
  const known = async (node: NodeKey): Promise<number> => {
    await memory.neighbours(async () => [])(node);
    return (await memory.neighbours(async () => [])(node)).length;
  };
  expect(await known(value)).toBe(256);
  expect(await known(channel)).toBe(MAX_EDGES_PER_NODE);
  expect(legs.every(memory.has)).toBe(true);
});
