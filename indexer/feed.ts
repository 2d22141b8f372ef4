import { type DialogOutline, emptyOutline, mergeOutline } from '../core/call/dialog-outline.ts';
import type { StoredEdge } from '../core/call/read/edges.ts';
import type { Micros } from '../core/model/capture-event.ts';
import {
  callIdNode,
  type Edge,
  type EdgeKind,
  evidenceText,
  type NodeKey,
  readEvidence,
  type Tier,
} from '../core/model/edge.ts';
import type { Row } from '../core/store/tables.ts';

/**
 * What indexers write for the linker: outlines of dialogs as far as one batch saw them, edges, each once, and channels that
 * were heard of. All that is told of one is one text. The linker keeps it as such until it puts the call together: a
 * hundred thousand outlines as objects are millions of objects, and collecting garbage among them cost more than storing.
 */

export function dialogRow(callId: string, outline: DialogOutline, written: Micros): Row<'feed'> {
  return {
    arrived: written,
    kind: 'dialog',
    node: callIdNode(callId),
    since: outline.sinceUs,
    until: outline.untilUs,
    line: packOutline(outline),
  };
}

export function edgeRow(edge: Edge, written: Micros): Row<'feed'> {
  const { a, b, kind, tier, why, fromUs, untilUs, evidence } = edge;
  const line = JSON.stringify([b, kind, tier, why, evidenceText(evidence)]);
  return { arrived: written, kind: 'edge', node: a, since: fromUs, until: untilUs, line };
}

export const channelRow = (node: NodeKey, written: Micros): Row<'feed'> => ({
  arrived: written,
  kind: 'channel',
  node,
  since: 0,
  until: 0,
  line: '',
});

/** The edge that {@link edgeRow} wrote, as seen from its first end. */
export function readEdge(node: NodeKey, sinceUs: Micros, untilUs: Micros, line: string): StoredEdge {
  const [peer, kind, tier, why, evidence] = JSON.parse(line) as [NodeKey, EdgeKind, Tier, string, string];
  return { node, peer, kind, tier, why, forward: true, sinceUs, untilUs, evidence: readEvidence(evidence) };
}

/** Moments are µs since the first message, -1 for never; `rank` 3 is a dialog that nothing names. */
type Packed = [
  rank: number,
  since: number,
  until: number,
  namedAt: number,
  method: string,
  fromNumber: string,
  fromName: string,
  fromTag: string,
  toNumber: string,
  toName: string,
  src: string,
  ringing: number,
  bye: number,
  byeTag: string,
  cancelled: 0 | 1,
  finals: [key: string, first: number, last: number][],
  sensors: readonly string[],
  dst?: string,
  byeStatus?: number,
  byeAnswer?: number,
];

function packOutline(outline: DialogOutline): string {
  const { sinceUs, named } = outline;
  const since = (us: Micros): number => (us === 0 ? -1 : us - sinceUs);
  const packed: Packed = [
    named?.rank ?? 3,
    sinceUs,
    since(outline.untilUs),
    since(named?.atUs ?? 0),
    named?.method ?? '',
    named?.from.number ?? '',
    named?.from.name ?? '',
    named?.fromTag ?? '',
    named?.to.number ?? '',
    named?.to.name ?? '',
    named?.src ?? '',
    since(outline.ringingUs),
    since(outline.byeUs),
    outline.byeTag,
    outline.cancelled ? 1 : 0,
    outline.finals.map(({ key, firstUs, lastUs }) => [key, firstUs - sinceUs, lastUs - sinceUs]),
    outline.sensors,
    named?.dst ?? '',
  ];
  if (outline.byeStatus !== 0) packed.push(outline.byeStatus, since(outline.byeAnswerUs));
  return JSON.stringify(packed);
}

/** Whether the request that began the dialog is in this outline. */
export const holdsBeginning = (line: string): boolean => line.startsWith('[0,');

/** Parts of one outline as one part. */
export const joinOutlines = (lines: readonly string[]): string => packOutline(readOutline(lines));

/** The outline that these parts of it make together. */
export function readOutline(lines: readonly string[]): DialogOutline {
  const [first, ...others] = lines.map(unpackOutline);
  for (const other of others) mergeOutline(first as DialogOutline, other);
  return first ?? emptyOutline();
}

function unpackOutline(line: string): DialogOutline {
  const [rank, sinceUs, until, namedAt, method, fromNumber, fromName, fromTag, toNumber, toName, src, ...rest] =
    JSON.parse(line) as Packed;
  // Rows of an older release do not say where the first request went, nor what answered the BYE.
  const [ringing, bye, byeTag, cancelled, finals, sensors, dst = '', byeStatus = 0, byeAnswer = -1] = rest;
  const at = (since: number): Micros => (since < 0 ? 0 : sinceUs + since);
  return {
    sinceUs,
    untilUs: at(until),
    named:
      rank > 2
        ? undefined
        : {
            rank,
            atUs: at(namedAt),
            method,
            from: { number: fromNumber, name: fromName },
            to: { number: toNumber, name: toName },
            fromTag,
            src,
            dst,
          },
    ringingUs: at(ringing),
    byeUs: at(bye),
    byeTag,
    byeStatus,
    byeAnswerUs: at(byeAnswer),
    cancelled: cancelled === 1,
    finals: finals.map(([key, from, last]) => ({ key, firstUs: sinceUs + from, lastUs: sinceUs + last })),
    sensors: [...sensors],
  };
}
