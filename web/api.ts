/**
 * What the HTTP API answers, as far as the page reads it. The schemas of the API are the authority; a test holds the
 * two together. Times are ISO 8601 in UTC with microseconds.
 */

import type { MediaSession } from '../core/ladder/media.ts';
import type { LadderLane, LadderStep } from '../core/ladder/step.ts';
import type { CauseClass, Side } from '../core/ladder/verdict-words.ts';

export type Outcome =
  | 'in_progress'
  | 'answered'
  | 'busy'
  | 'no_answer'
  | 'cancelled'
  | 'rejected'
  | 'failed'
  | 'interrupted';

/** A leg can have lost a race as well: another one answered first. */
export type LegOutcome = Outcome | 'lost_race';

export interface LedgerCount {
  readonly reason: string;
  readonly count: number;
}

/** Of one process, since it began. Null where another process counts it. */
export interface Ledger {
  readonly balances: boolean;
  readonly network: { readonly lost: readonly LedgerCount[] };
  readonly sources: readonly {
    readonly name: string;
    readonly received: readonly { readonly kind: string; readonly count: number }[];
    readonly rejected: readonly LedgerCount[];
  }[];
  readonly stages: readonly {
    readonly name: string;
    readonly in: number | null;
    readonly passed: number;
    readonly waiting: number;
    readonly lost: readonly LedgerCount[];
    readonly difference: number | null;
  }[];
  readonly lagMessages: number | null;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
}

/** Seconds: it lies between the two. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** How far the clocks of the nodes are apart. */
export interface Clocks {
  readonly since: string;
  readonly until: string;
  readonly reference: string | null;
  readonly nodes: readonly { readonly node: string; readonly ahead: Bounds | null }[];
  readonly pairs: readonly {
    readonly first: string;
    readonly second: string;
    readonly exchanges: number;
    readonly strays: number;
    readonly ahead: Bounds | null;
    readonly driftPpm: Bounds | null;
    readonly steps: readonly { readonly since: string; readonly until: string; readonly by: Bounds | null }[];
  }[];
}

export interface Party {
  readonly number: string;
  readonly name: string;
}

export interface Identifier {
  readonly kind: 'call-id' | 'channel' | 'value' | 'bridge' | 'hub';
  readonly value: string;
}

export interface Channel {
  readonly uuid: string;
  readonly node: string;
  readonly name: string;
  readonly direction: 'inbound' | 'outbound' | '';
  readonly hangupCause: string | null;
}

/** Milliseconds; null where one end is not known. */
export interface Durations {
  readonly pddMs: number | null;
  readonly ringMs: number | null;
  readonly setupMs: number | null;
  readonly talkMs: number | null;
}

export interface Leg extends Durations {
  readonly id: string;
  readonly callId: string | null;
  readonly channels: readonly Channel[];
  readonly method: string;
  readonly from: Party;
  readonly to: Party;
  readonly parent: string | null;
  readonly startedAt: string | null;
  readonly ringingAt: string | null;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: LegOutcome;
  readonly finalStatus: number | null;
  readonly hangupCause: string | null;
  readonly hungUpBy: 'originator' | 'answerer' | null;
  readonly messages: number;
}

export interface CallEdge {
  readonly a: Identifier;
  readonly b: Identifier;
  readonly kind: 'merge' | 'parent' | 'bridge' | 'link' | 'guess';
  readonly tier: 'switch' | 'protocol' | 'wire' | 'guess';
  readonly why: string;
  readonly reason: string;
  readonly since: string;
  readonly until: string;
  readonly evidence: { readonly table: 'messages' | 'events' | 'logs'; readonly id: string; readonly at: string };
}

export interface Gap {
  readonly node: string;
  readonly stream: string;
  readonly since: string;
  readonly until: string;
  readonly reason: string;
}

/** What a call in a list and a call on its own page have in common. */
export interface CallFacts extends Durations {
  readonly id: string;
  readonly method: string;
  readonly callIds: readonly string[];
  readonly channelUuids: readonly string[];
  readonly from: Party;
  readonly to: Party;
  readonly startedAt: string | null;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: Outcome;
  readonly attempts: { readonly total: number; readonly failed: number };
  readonly finalStatus: number | null;
  readonly hangupCause: string | null;
  readonly hungUpBy: 'caller' | 'callee' | 'switch' | null;
  readonly nodes: readonly string[];
  readonly tenant: string | null;
  readonly truncated: boolean;
}

export interface CallSummary extends CallFacts {
  readonly legCount: number;
}

export interface Call extends CallFacts {
  readonly legs: readonly Leg[];
  readonly edges: readonly CallEdge[];
  readonly links: readonly { readonly key: string; readonly why: string; readonly reason: string }[];
  readonly gaps: readonly Gap[];
}

/** Where a number or name stood: headers of SIP, fields of a channel (core/model/roles.ts). */
export type Role =
  | 'from'
  | 'to'
  | 'request'
  | 'p-asserted-identity'
  | 'remote-party-id'
  | 'diversion'
  | 'refer-to'
  | 'hop'
  | 'caller'
  | 'ani'
  | 'destination'
  | 'callee'
  | 'caller_name';

/** A written form by which a call was found. */
export interface Matched {
  readonly written: string;
  readonly in: readonly Role[];
}

/** A call on the list, and why it is there. */
export interface SearchHit extends CallSummary {
  readonly trunk: string | null;
  readonly matched: readonly Matched[];
  readonly tries: {
    readonly number: number;
    readonly total: number;
    readonly since: string;
    readonly before: string | null;
  } | null;
}

/** By which calls can be searched; those of most attempts first. */
export interface KnownNames {
  readonly nodes: readonly string[];
  readonly trunks: readonly string[];
  readonly tenants: readonly string[];
}

export interface SearchAnswer {
  readonly calls: readonly SearchHit[];
  readonly more: boolean;
}

export type Lane = LadderLane;

export interface Step extends LadderStep {
  readonly at: string;
  readonly transport: string | null;
  readonly src: string | null;
  readonly dst: string | null;
  readonly seenBy: readonly { readonly sensor: string; readonly at: string }[];
  readonly raw: string;
}

export interface Ladder {
  readonly lanes: readonly Lane[];
  readonly steps: readonly Step[];
  readonly media: readonly MediaSession[];
  readonly truncated: boolean;
}

export interface Evidence {
  readonly table: 'messages' | 'events' | 'logs' | 'gaps';
  /** id of the step on the ladder; of a gap node, stream and beginning. */
  readonly id: string;
  readonly at: string;
  readonly says: string;
}

export interface Verdict {
  readonly id: string;
  readonly leg: string | null;
  readonly sentence: string;
  readonly cause: CauseClass;
  readonly side: Side;
  /** 0 to 1 */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly checked: readonly string[];
  readonly refutedBy: string;
  readonly next: string;
}

/** Evidence that must have been there and is not. */
export interface Missing {
  readonly id: string;
  readonly source: string;
  readonly hops: readonly string[];
  /** null: before, or behind, all that was seen. */
  readonly since: string | null;
  readonly until: string | null;
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
}

export interface Diagnosis {
  readonly call: string;
  readonly verdicts: readonly Verdict[];
  readonly missing: readonly Missing[];
}

export interface Difference {
  readonly field: string;
  /** "" where it is not there. */
  readonly left: string;
  readonly right: string;
}

export interface ComparedCall {
  readonly call: CallSummary;
  readonly verdicts: readonly { readonly id: string; readonly sentence: string }[];
}

export interface StepOfOne {
  readonly id: string;
  readonly title: string;
  readonly where: string;
  readonly times: number;
  readonly sinceMs: number;
}

export interface ComparedStep {
  readonly is: 'same' | 'changed' | 'left' | 'right';
  readonly left: StepOfOne | null;
  readonly right: StepOfOne | null;
  readonly differences: readonly Difference[];
}

export interface ComparedLeg {
  readonly role: string;
  /** id of the leg */
  readonly left: string | null;
  readonly right: string | null;
  readonly differences: readonly Difference[];
  readonly steps: readonly ComparedStep[];
}

export interface Comparison {
  readonly left: ComparedCall;
  readonly right: ComparedCall;
  readonly differences: readonly Difference[];
  readonly legs: readonly ComparedLeg[];
  readonly truncated: boolean;
}

export interface NearestGood {
  readonly call: CallSummary | null;
  readonly trunk: string;
  readonly numberClass: string;
  readonly looked: number;
}

export interface DoctorFinding {
  readonly of: string;
  readonly software: string | null;
  readonly state: 'fine' | 'missing' | 'unknown';
  readonly saw: string;
  readonly remedies: readonly { readonly system: string; readonly file: string; readonly lines: string }[];
}

export interface DoctorCheck {
  readonly id: string;
  readonly title: string;
  readonly weight: 'needed' | 'useful';
  readonly why: string;
  readonly findings: readonly DoctorFinding[];
}

export interface Doctor {
  readonly calls: number;
  readonly packets: number;
  readonly events: number;
  readonly lines: number;
  readonly quiet: readonly string[];
  readonly checks: readonly DoctorCheck[];
}

export interface StepDetail {
  readonly id: string;
  readonly kind: 'message' | 'event' | 'log';
  readonly at: string;
  readonly raw: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly partial: boolean;
}

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly version: string;
  readonly store: { readonly state: 'up' | 'down' | 'none' };
  readonly sources: readonly {
    readonly name: string;
    readonly state: 'up' | 'connecting' | 'down';
    readonly detail: string;
    readonly lastSeenAt: string | null;
  }[];
}
