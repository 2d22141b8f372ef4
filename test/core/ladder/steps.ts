import type { LadderLane, LadderStep } from '../../../core/ladder/step.ts';

export const LANES: readonly LadderLane[] = ['a', 'b', 'c'].map((id, i) => ({
  id,
  name: `host-${id}`,
  addresses: [`192.0.2.${i}`],
}));

/** A message from the first lane to the second unless said otherwise. */
export const step = (change: Partial<LadderStep> & { readonly id: string }): LadderStep => ({
  ...{ kind: 'message', atUs: 0, from: 'a', to: 'b', title: 'INVITE', detail: 'sip:1@b', callId: 'one', channel: null },
  ...{ status: null, method: 'INVITE', media: false, level: null, retransmission: false, flaw: '' },
  ...change,
});
