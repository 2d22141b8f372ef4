/**
 * What a diagnosis can say of a call. The ids are part of the API: alerts, dashboards and tickets hold on to them, so an id
 * is never renamed and never used for something else.
 */
export const VERDICT_IDS = [
  'missing_ack',
  'answer_not_received',
  'codec_mismatch',
  'nat_address_leak',
  'one_way_audio',
  'auth_failed',
  'no_response',
  'slow_gateway_timeout',
  'cancel_race',
  'failed_over',
  'retransmission_storm',
  'dialog_lost_after_restart',
  'session_timer_expired',
  'media_timeout',
  'lost_race',
  'caller_gave_up',
  'hung_up_by_switch',
  'capacity_reached',
  'no_route',
  'not_registered',
  'loop',
  'announcement_then_failure',
  'false_answer',
  'dtmf_problem',
  'message_too_big',
  'encryption_mismatch',
  'poor_quality',
  'interrupted',
  'wrong_context',
  'busy',
  'no_answer',
  'declined',
  'refused_by_gateway',
  'ended_by_api',
  'time_limit_reached',
] as const;
export type VerdictId = (typeof VERDICT_IDS)[number];

/** Where a cause lies. `normal`: people did what they may do; nothing is broken. */
export const CAUSE_CLASSES = [
  'normal',
  'signalling',
  'routing',
  'registration',
  'authentication',
  'negotiation',
  'media',
  'network',
  'capacity',
  'switch',
] as const;
export type CauseClass = (typeof CAUSE_CLASSES)[number];

/** Who caused it, as seen from the call: `gateway` is whoever was dialled on a trunk, `network` what lies between two hops. */
export const SIDES = ['caller', 'callee', 'switch', 'proxy', 'gateway', 'network', 'unknown'] as const;
export type Side = (typeof SIDES)[number];

/** A stored row that proves a part of a verdict. */
export interface Cited {
  readonly table: 'messages' | 'events' | 'logs' | 'gaps';
  /** Of a gap its stream and beginning, as gaps have no step on the ladder. */
  readonly id: string;
  readonly atUs: number;
  /** What it proves, in a few words. */
  readonly says: string;
}

export interface Verdict {
  readonly id: VerdictId;
  /** The leg that it is about; undefined when it is about the whole call. */
  readonly leg?: string;
  /** One plain sentence: what happened. */
  readonly sentence: string;
  readonly cause: CauseClass;
  readonly side: Side;
  /** 0 to 1: 1 is said by the one who did it, 0.9 is proven by what was seen, below 0.7 the evidence admits something else. */
  readonly confidence: number;
  /** Never empty: without these rows the verdict would not stand. */
  readonly evidence: readonly Cited[];
  /** What was looked for and not found, a sentence each. */
  readonly checked: readonly string[];
  /** What would show that it is wrong. */
  readonly refutedBy: string;
  /** What to do next. */
  readonly next: string;
}
