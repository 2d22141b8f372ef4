import { readCallLine } from '../../core/call/call-line.ts';
import { allTexts, callFrom, textsOf } from '../../core/call/find.ts';
import type { Component } from '../../core/call/graph/component.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { walk } from '../../core/call/graph/walk.ts';
import { readEvents } from '../../core/call/read/facts.ts';
import { readLines } from '../../core/call/read/listed-rows.ts';
import { readMessages } from '../../core/call/read/messages.ts';
import { type Case, caseOf } from '../../core/diagnosis/case.ts';
import { callIdNode, channelNode } from '../../core/model/edge.ts';
import { groupBy } from '../../core/model/group-by.ts';
import { onlyOf, shows } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readNear, type Window } from './near.ts';

/** A time, and how many calls of each part of it are looked at. */
export interface Sampled extends Window {
  readonly each: number;
}

/**
 * Some calls of each window, with their SIP and without the rest, which habits need not know. All are walked together, their
 * edges looked up ahead by the linker's list, and each message is read once.
 */
export async function readCases(
  store: Store,
  windows: readonly Sampled[],
  parts: number,
  options: SelectOptions,
): Promise<readonly (readonly Case[])[]> {
  const near = await Promise.all(
    windows.map((window) => readNear(store, window, { parts, each: window.each }, options)),
  );
  const lines = await readLines(store, [...new Set(near.flat())], options);
  // A channel that has the text of its Call-ID says so in its events as well.
  const neighbours = createNeighbours(store, options, { presenceOf: async () => [] });
  for (const [id, line] of lines) {
    if (line === '') continue;
    const { callIds, channelUuids } = readCallLine(id, line);
    // What the walks come to is asked for with what they begin with; one that fails rejects them as well.
    for (const node of [...callIds.map(callIdNode), ...channelUuids.map(channelNode)])
      neighbours(node).catch(() => undefined);
  }
  const among = onlyOf(options)?.names;
  const walked = await Promise.all(
    near.map((callIds) => Promise.all(callIds.map((id) => walk([callIdNode(id)], neighbours, undefined, among)))),
  );
  return Promise.all(
    walked.map((components, i) => {
      const shown = components.filter(({ tenant }) => shows(options, tenant));
      return casesOf(store, shown, windows[i]?.untilUs ?? 0, options);
    }),
  );
}

async function casesOf(
  store: Store,
  components: readonly Component[],
  nowUs: number,
  options: SelectOptions,
): Promise<Case[]> {
  const [messages, events] = await Promise.all([
    readMessages(store, allTexts(components, 'c'), { payload: 'all', sipOnly: true }, options),
    readEvents(store, allTexts(components, 'u'), { outline: true }, options),
  ]);
  const byCallId = groupBy(messages, ({ callId }) => callId);
  const byChannel = groupBy(events, ({ channel }) => channel);
  return components.flatMap((component) => {
    const stored = {
      messages: textsOf(component, 'c').flatMap((callId) => byCallId.get(callId) ?? []),
      events: textsOf(component, 'u').flatMap((channel) => byChannel.get(channel) ?? []),
      logs: [],
    };
    stored.messages.sort((a, b) => a.atUs - b.atUs);
    const call = callFrom(component, stored, []);
    return call === undefined ? [] : [caseOf(call, { ...stored, events: [] }, nowUs)];
  });
}
