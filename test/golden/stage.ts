import { expect } from 'vitest';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { type NodeKey, nodeLetter } from '../../core/model/edge.ts';
import type { CorrelationOptions } from '../../indexer/options.ts';
import { DAY_START_US } from '../generate/day.ts';
import { deliver, scatter } from '../generate/delivery.ts';
import { buildGraph, correlationOf, type MemoryGraph } from '../generate/graph.ts';
import { componentOf, componentText, faultText, judge } from '../generate/judge.ts';
import { eventsOf } from '../generate/property.ts';
import { createRandom, type Random } from '../generate/random.ts';
import { createScene, HOUR, type Numbers, type Topology } from '../generate/scene.ts';
import { createSite, type SiteOptions } from '../generate/site.ts';
import type { Sighting, Truth } from '../generate/truth.ts';

/** Plays a scenario and looks at the calls that come of it, in every order and with sources missing. */

export interface Played {
  readonly truth: Truth;
  readonly sightings: readonly Sighting[];
  readonly random: Random;
  readonly correlation: CorrelationOptions;
}

export interface StageOptions extends SiteOptions {
  readonly numbers?: Numbers;
  /** Between the beginnings of the scenes; an hour unless given. */
  readonly everyUs?: number;
  /** The true time of the first scene, after midnight UTC. */
  readonly fromUs?: number;
}

const NUMBERS: Numbers = {
  caller: '+14155550101',
  callee: '02188889999',
  calleeRewritten: '+982188889999',
  domain: 'tenant1.example',
};

export function stage(scenes: readonly Topology[], options: StageOptions = {}): Played {
  const random = createRandom(20_261_121);
  const site = createSite(random, options);
  const [sw] = site.switches;
  if (sw === undefined) throw new Error('a site without switches');
  for (const [i, topology] of scenes.entries()) {
    const atUs = DAY_START_US + (options.fromUs ?? 8 * HOUR) + i * (options.everyUs ?? HOUR);
    topology(createScene(site, { atUs, sw, numbers: options.numbers ?? NUMBERS }));
  }
  return { truth: site.truth, sightings: site.sightings(), random, correlation: correlationOf(site.tenants) };
}

/** The different calls that the identifiers of the day lead to, by size: "2 dialogs, 2 channels". */
export interface Expected {
  /** With everything heard: in order, shuffled, and with much of it twice. */
  readonly calls: readonly string[];
  readonly hepOnly?: readonly string[];
  readonly eslOnly?: readonly string[];
  readonly logsOnly?: readonly string[];
}

export async function expectCalls(
  { truth, sightings, random, correlation }: Played,
  expected: Expected,
): Promise<void> {
  const all = eventsOf(sightings);
  const orders: Readonly<Record<string, readonly (readonly CaptureEvent[])[]>> = {
    'in order': [all],
    shuffled: scatter(all, random, 1, 0),
    'shuffled, some of it twice, over three indexers': scatter(all, random, 3, 0.5),
    'everything twice': [[...all, ...all]],
  };
  let first: string | undefined;
  for (const [order, hands] of Object.entries(orders)) {
    const graph = buildGraph(hands, correlation);
    await expectTrue(truth, sightings, graph, order);
    const { sizes, text } = await callsOf(graph, sightings);
    expect(sizes, order).toEqual([...expected.calls].sort());
    // Not only as many: the same edges with the same intervals and proofs.
    first ??= text;
    expect(text === first, `${order}: the same as in order`).toBe(true);
  }
  const partial = async (name: string, heard: readonly Sighting[], wanted?: readonly string[]): Promise<void> => {
    const graph = buildGraph([eventsOf(heard)], correlation);
    await expectTrue(truth, heard, graph, name);
    if (wanted !== undefined) expect((await callsOf(graph, heard)).sizes, name).toEqual([...wanted].sort());
  };
  await partial('HEP only', deliver(sightings, random, { only: 'packets' }), expected.hepOnly);
  await partial('event socket only', deliver(sightings, random, { only: 'events', logs: false }), expected.eslOnly);
  await partial(
    'logs only',
    sightings.filter(({ seen }) => seen.kind === 'log'),
    expected.logsOnly,
  );
}

async function expectTrue(truth: Truth, heard: readonly Sighting[], graph: MemoryGraph, name: string): Promise<void> {
  const { faults } = await judge(truth, heard, graph);
  expect(faults.map(faultText), name).toEqual([]);
}

async function callsOf(graph: MemoryGraph, heard: readonly Sighting[]): Promise<{ sizes: string[]; text: string }> {
  const calls = new Map<string, readonly NodeKey[]>();
  const texts = new Set<string>();
  for (const node of new Set(heard.flatMap(({ shows }) => shows))) {
    const component = await componentOf(graph, node);
    const nodes = [...component.nodes].sort();
    calls.set(nodes.join(' '), nodes);
    texts.add(componentText(component));
  }
  return { sizes: [...calls.values()].map(sizeOf).sort(), text: [...texts].sort().join('\n\n') };
}

function sizeOf(nodes: readonly NodeKey[]): string {
  const count = (letter: string): number => nodes.filter((node) => nodeLetter(node) === letter).length;
  const named = (n: number, name: string): string[] => (n === 0 ? [] : [`${n} ${name}${n === 1 ? '' : 's'}`]);
  return [...named(count('c'), 'dialog'), ...named(count('u'), 'channel'), ...named(count('v'), 'site value')].join(
    ', ',
  );
}

/** The same words so many times. */
export const times = (n: number, words: string): string[] => Array.from({ length: n }, () => words);
