import type { FoundCall } from '../../core/call/find.ts';
import { threadsOf } from '../../core/ladder/threads.ts';
import { isRefusal, LEVELS } from '../../core/ladder/words.ts';
import type { Ladder, Step } from '../schemas.ts';
import type { LegRow, StepRow } from '../table-schemas.ts';
import { courseOf } from './present.ts';

/** Rows in which every cell is one value, for those who read tables: what nests elsewhere is joined here. */

/** `steps` of the ladder as rows, with names instead of ids of lanes. Legs have the letters that the ladder gives them. */
export function stepRows(call: FoundCall, ladder: Ladder, steps: readonly Step[]): StepRow[] {
  const names = new Map(ladder.lanes.map(({ id, name }) => [id, name]));
  const threads = threadsOf(call.legs.map(named), ladder.steps);
  const nameOf = (lane: string | null): string | null => (lane === null ? null : (names.get(lane) ?? lane));
  return steps.map((step) => {
    const [from, to] = [nameOf(step.from), nameOf(step.to)];
    return {
      id: step.id,
      at: step.at,
      sinceMs: (step.atUs - call.facts.startedUs) / 1000,
      kind: step.kind,
      leg: (threads.find(step.callId) ?? threads.find(step.channel))?.letter ?? null,
      from,
      to,
      title: step.title,
      detail: step.detail,
      body: [to === null ? (from ?? '') : `${from ?? '?'} → ${to}`, step.title, step.detail]
        .filter((part) => part !== '')
        .join('  '),
      method: step.method,
      status: step.status,
      failed: isRefusal(step),
      level: step.level === null ? null : (LEVELS[step.level] ?? String(step.level)),
      retransmission: step.retransmission,
      flaw: step.flaw,
      callId: step.callId,
      channel: step.channel,
      transport: step.transport,
      src: step.src,
      dst: step.dst,
      sensors: step.seenBy.map(({ sensor }) => sensor).join(', '),
    };
  });
}

export function legRows(call: FoundCall): LegRow[] {
  const threads = threadsOf(call.legs.map(named), []);
  return call.legs.map((leg) => ({
    id: leg.id,
    leg: threads.find(leg.id)?.letter ?? '',
    parent: leg.parent === undefined ? null : (threads.find(leg.parent.id)?.letter ?? null),
    callId: leg.callId ?? null,
    method: leg.dialog?.method ?? '',
    fromNumber: leg.from.number,
    fromName: leg.from.name,
    toNumber: leg.to.number,
    toName: leg.to.name,
    ...courseOf(leg),
    channels: leg.channels.map(({ uuid }) => uuid).join(', '),
    nodes: [...new Set(leg.channels.map(({ node }) => node))].join(', '),
  }));
}

const named = ({ id, callId, channels }: FoundCall['legs'][number]) => ({ id, callId: callId ?? null, channels });
