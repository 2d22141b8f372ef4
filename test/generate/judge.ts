import type { Component } from '../../core/call/graph/walk.ts';
import { walk } from '../../core/call/graph/walk.ts';
import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import type { MemoryGraph } from './graph.ts';
import { provenParts, type Sighting, type TrueCall, type Truth } from './truth.ts';

export interface Fault {
  readonly kind: 'missing' | 'wrong' | 'cut';
  readonly topology: string;
  readonly call: number;
  readonly asked: NodeKey;
  readonly other: NodeKey;
  /** Of a wrong one: whose it is. */
  readonly owner?: string;
}

export interface Judgement {
  readonly asked: number;
  readonly expected: number;
  readonly found: number;
  readonly faults: readonly Fault[];
}

/**
 * Asks for every identifier of every call and compares the answer with what happened. Nothing of another call may be in
 * it, and everything must be that the delivered evidence holds together.
 *
 * An identifier that several calls share (an agent's long leg, a Call-ID used twice) may answer with any of them, and
 * must answer with what is common to all.
 */
export async function judge(truth: Truth, delivered: readonly Sighting[], graph: MemoryGraph): Promise<Judgement> {
  const evidence = evidenceByCall(truth, delivered);
  const partOf = new Map<TrueCall, Map<NodeKey, readonly NodeKey[]>>();
  for (const call of truth.calls) {
    const parts = new Map<NodeKey, readonly NodeKey[]>();
    for (const part of provenParts(call, evidence.get(call) ?? [])) for (const node of part) parts.set(node, part);
    partOf.set(call, parts);
  }
  const faults: Fault[] = [];
  let asked = 0;
  let expected = 0;
  let found = 0;
  const judged = new Set<NodeKey>();
  for (const call of truth.calls) {
    for (const node of partOf.get(call)?.keys() ?? []) {
      if (judged.has(node) || nodeLetter(node) === 'v') continue;
      judged.add(node);
      asked++;
      const owners = truth.ownersOf(node);
      const parts = owners.map((owner) => partOf.get(owner)?.get(node)).filter((part) => part !== undefined);
      const wanted = parts.reduce((common, part) => common.filter((one) => part.includes(one)));
      const answer = await componentOf(graph, node);
      const fault = (kind: Fault['kind'], other: NodeKey, owner?: string): void => {
        faults.push({ kind, topology: call.topology, call: call.number, asked: node, other, ...(owner && { owner }) });
      };
      expected += wanted.length;
      for (const other of wanted) if (!answer.nodes.has(other)) fault('missing', other);
      for (const other of answer.nodes) {
        found++;
        const others = truth.ownersOf(other);
        if (!others.some((one) => owners.includes(one))) {
          fault('wrong', other, others.map((one) => `${one.number} ${one.topology}`).join(', ') || 'nobody');
        }
      }
      if (answer.truncated) fault('cut', node);
    }
  }
  return { asked, expected, found, faults };
}

export async function componentOf(graph: MemoryGraph, node: NodeKey): Promise<Component> {
  return walk(graph.known(nodeText(node)), graph.neighbours);
}

function evidenceByCall(truth: Truth, delivered: readonly Sighting[]): Map<TrueCall, Set<Sighting>> {
  const evidence = new Map<TrueCall, Set<Sighting>>();
  for (const sighting of delivered) {
    for (const node of [...sighting.shows, ...sighting.proves.flat()]) {
      for (const call of truth.ownersOf(node)) {
        const own = evidence.get(call);
        if (own === undefined) evidence.set(call, new Set([sighting]));
        else own.add(sighting);
      }
    }
  }
  return evidence;
}

/** One answer as text: equal texts are equal components, evidence and intervals included. */
export function componentText({ nodes, edges, links, refused, tenant, truncated }: Component): string {
  const line = (edge: Component['edges'][number]): string =>
    `${edge.kind} ${edge.node} ${edge.peer} ${edge.why} ${edge.tier} ${edge.sinceUs}-${edge.untilUs} ` +
    `${edge.evidence.table} ${edge.evidence.id} ${edge.evidence.atUs}`;
  return [
    ...[...nodes].sort(),
    ...edges.map(line).sort(),
    ...links.map(line).sort(),
    `${[...refused].sort()} ${tenant} ${truncated}`,
  ].join('\n');
}

export const faultText = (fault: Fault): string =>
  fault.kind === 'wrong'
    ? `call ${fault.call} (${fault.topology}): ${fault.asked} led to ${fault.other} of ${fault.owner ?? ''}`
    : `call ${fault.call} (${fault.topology}): ${fault.asked} did not lead to ${fault.other} [${fault.kind}]`;
