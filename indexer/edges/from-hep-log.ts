import type { PacketSeen } from '../../core/model/capture-event.ts';
import { callIdNode, type Edge } from '../../core/model/edge.ts';
import type { CorrelationOptions } from '../options.ts';

/** A line of 64 KB has more words than any script writes; what stands behind these is not looked at. */
const MAX_WORDS = 500;

/**
 * A proxy that hides its topology may write the Call-ID of its other side into its log, and nowhere else: "… callee-callid=
 * DLGCH_XVdTZk1abl5c…" of OpenSIPS's xlog, where its tracer reports the inner side alone. The secret proves the pair.
 */
export function edgesFromHepLog(
  packet: PacketSeen,
  text: string,
  { unmask }: Pick<CorrelationOptions, 'unmask'>,
): Edge[] {
  const edges: Edge[] = [];
  if (unmask === undefined) return edges;
  for (const word of text.split(/[\s"'<>,;=()[\]]+/, MAX_WORDS)) {
    const inner = unmask(word);
    if (inner === undefined) continue;
    const { id, atUs } = packet;
    edges.push({
      a: callIdNode(word),
      b: callIdNode(inner),
      kind: 'merge',
      tier: 'protocol',
      why: 'topology_hiding',
      fromUs: atUs,
      untilUs: atUs,
      evidence: { table: 'logs', id, atUs },
    });
  }
  return edges;
}
