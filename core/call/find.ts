import { PROTOCOL } from '../model/capture-event.ts';
import { callIdNode, channelNode, type NodeKey, nodeLetter, nodeText } from '../model/edge.ts';
import { groupBy } from '../model/group-by.ts';
import { onlyOf, shows } from '../runtime/sight.ts';
import type { SelectOptions, Store } from '../store/store.ts';
import { summariseAsteriskChannel } from './asterisk-channel.ts';
import { type CallFacts, summariseCall } from './build.ts';
import type { Channel } from './channel.ts';
import { type Dialog, summariseDialog } from './dialog.ts';
import { withoutForeign } from './foreign-reports.ts';
import { summariseFreeswitchChannel } from './freeswitch-channel.ts';
import type { Gatherer, StoredFacts } from './gather.ts';
import { withGuesses } from './graph/guess.ts';
import type { Neighbours } from './graph/neighbours.ts';
import { type Component, walk } from './graph/walk.ts';
import { buildLegs, type LegFacts } from './legs.ts';
import { summariseLoggedChannel } from './log-channel.ts';
import { readKnownNodes } from './read/edges.ts';
import { type EventFact, type GapFact, isOutline, type LogFact, readEvents, readGaps, readLogs } from './read/facts.ts';
import { type MessageFact, readMessages } from './read/messages.ts';

/** A call as it was put together for one answer. */
export interface FoundCall {
  readonly component: Component;
  readonly callIds: readonly string[];
  readonly channelUuids: readonly string[];
  readonly legs: readonly LegFacts[];
  readonly facts: CallFacts;
  readonly gaps: readonly GapFact[];
  /** Everything that was read about it, and perhaps about neighbours; absent when that was not read as a whole. */
  readonly stored?: StoredFacts;
}

/** The Call-IDs ("c") or channels ("u") of a call. */
export const textsOf = (component: Component, letter: 'c' | 'u'): string[] =>
  [...component.nodes].filter((node) => nodeLetter(node) === letter).map(nodeText);

/** What a call is looked up with: one request's store, its cached edges, and whether guesses count. */
export interface Finder {
  readonly store: Store;
  readonly neighbours: Neighbours;
  readonly guesses: boolean;
  readonly options?: SelectOptions;
  /** For one call: reads its facts while it is walked. Its neighbours are the ones above. */
  readonly gatherer?: Gatherer;
}

/**
 * The calls that these seeds belong to, in the same order; undefined where nothing is stored under a seed. To whoever sees
 * the calls of some tenants alone, nothing else is stored: a walk reads what it needs, and of a call of others nothing comes
 * out.
 */
export async function findCalls(
  finder: Finder,
  seeds: readonly (readonly NodeKey[])[],
): Promise<(FoundCall | undefined)[]> {
  const calls = await findAll(finder, seeds);
  return calls.map((call) => (shows(finder.options, call?.component.tenant) ? call : undefined));
}

async function findAll(
  { store, neighbours, guesses, options, gatherer }: Finder,
  seeds: readonly (readonly NodeKey[])[],
): Promise<(FoundCall | undefined)[]> {
  const among = onlyOf(options)?.names;
  const walked = await Promise.all(seeds.map((nodes) => walk(nodes, neighbours, undefined, among)));
  const components = guesses
    ? await Promise.all(walked.map((component) => withGuesses(component, neighbours, store, options)))
    : walked;
  const stored = await gatherer?.facts();
  if (stored === undefined) return assemble(store, components, options);
  return putTogether(store, components, new Map(), outlinesOf(stored), stored, options);
}

/** The call that a Call-ID or channel UUID belongs to. What came without either, as a broken message does, is of no call. */
export async function findCall(finder: Finder, key: string): Promise<FoundCall | undefined> {
  if (key === '') return undefined;
  const nodes = await knownNodes(finder, key);
  if (nodes.length === 0) return undefined;
  const [call] = await findCalls(finder, [nodes]);
  return call;
}

/** What a typed key stands for. A gatherer asks for both readings at once, and has the beginning of the walk with it. */
async function knownNodes({ store, gatherer, options }: Finder, key: string): Promise<NodeKey[]> {
  if (gatherer === undefined) return readKnownNodes(store, key, options);
  const nodes = [callIdNode(key), channelNode(key)];
  const edges = await Promise.all(nodes.map(gatherer.neighbours));
  const same = edges.flat().filter(({ why }) => why === 'same_text');
  const stored = await gatherer.facts();
  if (stored === undefined) return readKnownNodes(store, key, options);
  const present = new Set<NodeKey>(same.map(({ peer }) => peer));
  for (const { callId } of stored.messages) present.add(callIdNode(callId));
  return nodes.filter((node, i) => present.has(node) || edges[i]?.some(({ why }) => why !== 'same_text') === true);
}

/**
 * Reads the facts of all components together: three queries for a page of calls. `known` answers with dialogs that need
 * not be read.
 */
export async function assemble(
  store: Store,
  components: readonly Component[],
  options?: SelectOptions,
  known: (callIds: readonly string[]) => Map<string, Dialog> = () => new Map(),
): Promise<(FoundCall | undefined)[]> {
  const callIds = allTexts(components, 'c');
  const dialogs = known(callIds);
  const unknown = callIds.filter((callId) => !dialogs.has(callId));
  const [messages, events] = await Promise.all([
    readMessages(store, unknown, { payload: 'outline', sipOnly: true }, options),
    readEvents(store, allTexts(components, 'u'), { outline: true }, options),
  ]);
  return putTogether(store, components, dialogs, { messages, events }, undefined, options);
}

/** Of several calls, each once. */
export const allTexts = (components: readonly Component[], letter: 'c' | 'u'): string[] => [
  ...new Set(components.flatMap((component) => textsOf(component, letter))),
];

interface Outlines {
  readonly messages: readonly MessageFact[];
  readonly events: readonly EventFact[];
}

const outlinesOf = ({ messages, events }: StoredFacts): Outlines => ({
  messages: messages.filter(({ protocol }) => protocol === PROTOCOL.sip),
  events: events.filter(isOutline),
});

async function putTogether(
  store: Store,
  components: readonly Component[],
  dialogs: Map<string, Dialog>,
  { messages, events }: Outlines,
  stored: StoredFacts | undefined,
  options?: SelectOptions,
): Promise<(FoundCall | undefined)[]> {
  const allChannels = allTexts(components, 'u');
  noteDialogs(messages, dialogs);
  const channels = channelsIn(events);
  await addLoggedChannels(store, allChannels, channels, stored?.logs, options);
  const gaps = await readGapsOf(store, [...channels.values()], options);
  return components.map((component) => callOf(component, dialogs, channels, gaps, stored));
}

function noteDialogs(messages: readonly MessageFact[], dialogs: Map<string, Dialog>): void {
  for (const [callId, own] of groupBy(messages, (m) => m.callId)) {
    const dialog = summariseDialog(callId, own);
    if (dialog !== undefined) dialogs.set(callId, dialog);
  }
}

function channelsIn(events: readonly EventFact[]): Map<string, Channel> {
  const channels = new Map<string, Channel>();
  for (const [uuid, own] of groupBy(events, (e) => e.channel)) {
    const channel =
      own[0]?.origin === 'asterisk' ? summariseAsteriskChannel(uuid, own) : summariseFreeswitchChannel(uuid, own);
    if (channel !== undefined) channels.set(uuid, channel);
  }
  return channels;
}

/**
 * The call that these facts alone make of a component: what {@link findCall} finds where no more than these is stored.
 * undefined when nothing of it is left.
 */
export function callFrom(
  component: Component,
  stored: Required<StoredFacts>,
  gaps: readonly GapFact[],
): FoundCall | undefined {
  const dialogs = new Map<string, Dialog>();
  const { messages, events } = outlinesOf(stored);
  noteDialogs(messages, dialogs);
  const channels = channelsIn(events);
  const silent = stored.logs.filter(({ channel }) => channel !== '' && !channels.has(channel));
  for (const [uuid, own] of groupBy(silent, (line) => line.channel)) {
    const channel = summariseLoggedChannel(uuid, own);
    if (channel !== undefined) channels.set(uuid, channel);
  }
  return callOf(component, dialogs, channels, gaps, stored);
}

function callOf(
  component: Component,
  dialogs: ReadonlyMap<string, Dialog>,
  channels: ReadonlyMap<string, Channel>,
  gaps: readonly GapFact[],
  stored: StoredFacts | undefined,
): FoundCall | undefined {
  const callIds = textsOf(component, 'c').filter((id) => dialogs.has(id) || isNamedBySwitch(component, `c:${id}`));
  const uuids = textsOf(component, 'u').filter((id) => channels.has(id) || isNamedBySwitch(component, `u:${id}`));
  const own = new Map(uuids.flatMap((uuid) => (channels.has(uuid) ? [[uuid, channels.get(uuid) as Channel]] : [])));
  const legs = buildLegs(component, dialogs, own);
  if (legs.length === 0) return undefined;
  const nodes = new Set([...own.values()].map((channel) => channel.node));
  const nodeGaps = gaps.filter((gap) => nodes.has(gap.node));
  const facts = summariseCall(legs, nodeGaps);
  return {
    component,
    callIds: byStart(callIds, legs),
    channelUuids: byStart(uuids, legs),
    legs,
    facts,
    gaps: nodeGaps.filter((gap) => gap.sinceUs <= facts.lastUs && gap.untilUs >= facts.startedUs),
    ...(stored === undefined ? {} : { stored: { ...stored, messages: withoutForeign(stored.messages, component) } }),
  };
}

/** Channels whose events were not heard, but whose log lines were. */
async function addLoggedChannels(
  store: Store,
  uuids: readonly string[],
  channels: Map<string, Channel>,
  stored: readonly LogFact[] | undefined,
  options?: SelectOptions,
): Promise<void> {
  const silent = new Set(uuids.filter((uuid) => !channels.has(uuid)));
  if (silent.size === 0) return;
  const lines =
    stored?.filter(({ channel }) => silent.has(channel)) ??
    (await readLogs(store, { channels: [...silent], callIds: [] }, options));
  for (const [uuid, own] of groupBy(lines, (line) => line.channel)) {
    const channel = summariseLoggedChannel(uuid, own);
    if (channel !== undefined) channels.set(uuid, channel);
  }
}

/** The call of a dialog that is joined with nothing. */
export function loneCall(node: NodeKey, dialog: Dialog): FoundCall {
  const component: Component = {
    nodes: new Set([node]),
    edges: [],
    links: [],
    refused: new Map(),
    tenant: undefined,
    truncated: false,
  };
  const legs = buildLegs(component, new Map([[dialog.callId, dialog]]), new Map());
  return { component, callIds: [dialog.callId], channelUuids: [], legs, facts: summariseCall(legs, []), gaps: [] };
}

/** An identifier without facts of its own still counts when something else that was seen names it. */
function isNamedBySwitch(component: Component, node: NodeKey): boolean {
  return component.edges.some((edge) => edge.node === node || edge.peer === node);
}

/** A day around the calls, so that a restart after the last event is seen as well. */
const GAP_MARGIN_US = 86_400_000_000;

async function readGapsOf(store: Store, channels: readonly Channel[], options?: SelectOptions): Promise<GapFact[]> {
  const nodes = [...new Set(channels.map((channel) => channel.node))];
  if (nodes.length === 0) return [];
  const since = Math.min(...channels.map((channel) => channel.startedUs));
  const until = Math.max(...channels.map((channel) => channel.lastUs)) + GAP_MARGIN_US;
  return readGaps(store, nodes, since, until, options);
}

function byStart(ids: readonly string[], legs: readonly LegFacts[]): string[] {
  const start = new Map<string, number>();
  for (const leg of legs) {
    if (leg.callId !== undefined) start.set(leg.callId, leg.startedUs);
    for (const channel of leg.channels) start.set(channel.uuid, channel.startedUs);
  }
  const at = (id: string): number => start.get(id) ?? Number.MAX_SAFE_INTEGER;
  return [...ids].sort((a, b) => at(a) - at(b) || (a < b ? -1 : 1));
}
