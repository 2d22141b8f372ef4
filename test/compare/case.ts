import { type CallFacts, summariseCall } from '../../core/call/build.ts';
import { summariseDialog } from '../../core/call/dialog.ts';
import { buildLegs, type LegFacts } from '../../core/call/legs.ts';
import type { EventFact, LogFact } from '../../core/call/read/facts.ts';
import type { MessageFact } from '../../core/call/read/messages.ts';
import { type Case, caseOf } from '../../core/diagnosis/case.ts';
import { PROTOCOL } from '../../core/model/capture-event.ts';
import { callIdNode } from '../../core/model/edge.ts';
import { groupBy } from '../../core/model/group-by.ts';
import { readSip } from '../../core/sip/read.ts';

/** One message on the wire: where, when (ms) and what. */
export interface Sent {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

let ids = 0;

/** A call of these messages, and of what a switch said, without any store: dialogs under different Call-IDs are legs. */
export function caseFrom(
  sent: readonly Sent[],
  { logs = [], events = [] }: { readonly logs?: readonly LogFact[]; readonly events?: readonly EventFact[] } = {},
): Case {
  const messages = sent.map(factOf).sort((a, b) => a.atUs - b.atUs);
  const dialogs = new Map(
    [...groupBy(messages, ({ callId }) => callId)].flatMap(([callId, own]) => {
      const dialog = summariseDialog(callId, own);
      return dialog === undefined ? [] : [[callId, dialog] as const];
    }),
  );
  const legs: LegFacts[] = buildLegs(
    {
      nodes: new Set([...dialogs.keys()].map(callIdNode)),
      ...{ edges: [], links: [], refused: new Map(), tenant: undefined, truncated: false },
    },
    dialogs,
    new Map(),
  );
  const facts: CallFacts = summariseCall(legs, []);
  return caseOf({ facts, legs, gaps: [] }, { messages, events: [...events], logs: [...logs] }, Date.now() * 1000);
}

function factOf({ atMs, from, to, text }: Sent): MessageFact {
  const payload = Buffer.from(text.replaceAll('\n', '\r\n'));
  const sip = readSip(payload);
  const [srcIp = '', srcPort = '0'] = from.split(':');
  const [dstIp = '', dstPort = '0'] = to.split(':');
  ids += 1;
  return {
    ...{
      id: String(ids).padStart(16, '0'),
      atUs: atMs * 1000,
      sensor: 'hep 1',
      protocol: PROTOCOL.sip,
      transport: 'udp',
    },
    ...{ srcIp, srcPort: Number(srcPort), dstIp, dstPort: Number(dstPort), callId: sip.callId },
    ...{ method: sip.request ? sip.method : '', status: sip.status, cseq: sip.cseq, cseqMethod: sip.cseqMethod },
    ...{ reason: '', digest: payload.toString('latin1'), payload, sip },
    ...{ fromUser: sip.from.user, fromName: sip.from.display, fromTag: sip.from.tag },
    ...{ toUser: sip.to.user, toName: sip.to.display, toTag: sip.to.tag },
  };
}
