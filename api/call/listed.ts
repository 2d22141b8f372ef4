import { type CallLine, readCallLine } from '../../core/call/call-line.ts';
import { readLabels, readLines } from '../../core/call/read/listed-rows.ts';
import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { hides, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { CallSummary } from '../schemas.ts';
import { isoOf, maybeIso } from '../time.ts';
import { durationsOf } from './present.ts';

/** A call as a search shows it. Times are epoch µs. */
export interface ListedCall {
  readonly summary: CallSummary;
  readonly startedUs: number;
  readonly lastUs: number;
  /** Call-IDs and channels: whatever of these is found leads to this call. */
  readonly texts: readonly string[];
  /** Far side of the leg that began it. */
  readonly trunk?: string;
}

/**
 * The linker puts a call together when it has been silent for a while, and again when something is written about it after
 * all. A call that is over and has been silent for this long is taken from its row; any other is put together anew.
 */
const QUIET_US = 30_000_000;

/** The call that is named after this text; undefined when there is none, or none that can be taken as it is written. */
export async function readListedAs(
  store: Store,
  text: string,
  nowUs: number,
  options?: SelectOptions,
): Promise<ListedCall | undefined> {
  return callsOf(await readLines(store, [text], options), nowUs, options).get(text);
}

/**
 * The calls of these legs, as far as they can be taken as they are written. Three small selects one after the other cost
 * less than one with another inside, whose plan is as dear as both.
 */
export async function readListed(
  store: Store,
  nodes: readonly NodeKey[],
  nowUs: number,
  options?: SelectOptions,
): Promise<Map<NodeKey, ListedCall>> {
  if (nodes.length === 0) return new Map();
  // Calls of switches are usually named after a Call-ID: channels have labels.
  const channels = nodes.filter((node) => nodeLetter(node) === 'u');
  const [lines, early] = await Promise.all([
    readLines(store, [...new Set(nodes.map(nodeText))], options),
    readLabels(store, channels, options),
  ]);
  const named = callsOf(lines, nowUs, options);
  const found = new Map<NodeKey, ListedCall>();
  // Dialogs without channels are the same call from each of them: the other leg of a call that is named after one of these
  // needs no label.
  const plain = new Map<string, ListedCall>();
  for (const call of named.values()) {
    if (call.summary.channelUuids.length === 0) for (const text of call.texts) plain.set(text, call);
  }
  for (const node of nodes) {
    const call = named.get(nodeText(node)) ?? plain.get(nodeText(node));
    if (call !== undefined) found.set(node, call);
  }
  const rest = nodes.filter((node) => !found.has(node));
  const late = await readLabels(
    store,
    rest.filter((node) => nodeLetter(node) !== 'u'),
    options,
  );
  const labels = new Map([...early, ...late].filter(([node]) => !found.has(node)));
  for (const [node, call] of await labelled(store, labels, named, nowUs, options)) found.set(node, call);
  return found;
}

/** The calls of legs that another leg gave the name. */
export async function readLabelled(
  store: Store,
  nodes: readonly NodeKey[],
  nowUs: number,
  options?: SelectOptions,
): Promise<Map<NodeKey, ListedCall>> {
  return labelled(store, await readLabels(store, nodes, options), new Map(), nowUs, options);
}

async function labelled(
  store: Store,
  labels: ReadonlyMap<NodeKey, string>,
  known: ReadonlyMap<string, ListedCall>,
  nowUs: number,
  options?: SelectOptions,
): Promise<Map<NodeKey, ListedCall>> {
  const unknown = new Set([...labels.values()].filter((id) => !known.has(id)));
  const others = callsOf(await readLines(store, [...unknown], options), nowUs, options);
  const found = new Map<NodeKey, ListedCall>();
  for (const [node, id] of labels) {
    const call = known.get(id) ?? others.get(id);
    // An agent's leg belongs to the call of each of its callers, and the row of one of them need not tell of it.
    if (call?.texts.includes(nodeText(node)) === true) found.set(node, call);
  }
  return found;
}

/** By id, as far as they can be taken as they are written. */
function callsOf(
  lines: ReadonlyMap<string, string>,
  nowUs: number,
  options: SelectOptions | undefined,
): Map<string, ListedCall> {
  const calls = new Map<string, ListedCall>();
  for (const [id, line] of lines) {
    if (line === '') continue;
    const call = readCallLine(id, line);
    if (call.outcome !== 'in_progress' && call.untilUs < nowUs - QUIET_US) calls.set(id, callOf(call, options));
  }
  return calls;
}

const callOf = (call: CallLine, options: SelectOptions | undefined): ListedCall => ({
  startedUs: call.startedUs,
  lastUs: call.untilUs,
  texts: [...call.callIds, ...call.channelUuids],
  // Gateways and names of hosts are the site's.
  ...(call.trunk === undefined || onlyOf(options) !== undefined ? {} : { trunk: call.trunk }),
  summary: {
    id: call.id,
    method: call.method,
    callIds: [...call.callIds],
    channelUuids: [...call.channelUuids],
    from: call.from,
    to: call.to,
    startedAt: isoOf(call.startedUs),
    answeredAt: maybeIso(call.answeredUs),
    endedAt: maybeIso(call.endedUs),
    ...durationsOf(call),
    outcome: call.outcome,
    attempts: call.attempts,
    finalStatus: call.finalStatus ?? null,
    hangupCause: call.hangupCause ?? null,
    hungUpBy: call.hungUpBy ?? null,
    nodes: call.nodes.filter((node) => !hides(options, node)),
    tenant: call.tenant ?? null,
    truncated: call.truncated,
    legCount: call.legs,
  },
});
