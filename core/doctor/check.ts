import type { SiteSeen } from './site.ts';
import type { Software } from './software.ts';

/** `unknown`: too little was seen to tell. */
export const STATES = ['fine', 'missing', 'unknown'] as const;
export type State = (typeof STATES)[number];

/** What one check says of one switch or sensor. */
export interface Finding {
  /** Its name, as the configuration or the sender has it. */
  readonly of: string;
  readonly state: State;
  /** What was seen, in figures: "0 of 23 outbound legs". */
  readonly saw: string;
  /** What it runs on, where that is known: which lines are to be pasted. */
  readonly software?: Software | undefined;
}

/** A line to paste: where it belongs, and what it says. */
export interface Remedy {
  /** Whose file it is. */
  readonly system: Software | 'rtpengine' | 'Calltrail' | 'host';
  /** What the finding's software must be; that of the file unless said, and anything for a file of Calltrail's or the host's. */
  readonly of?: readonly Software[];
  readonly file: string;
  readonly lines: string;
}

/** One setting that a site should have. */
export interface Check {
  readonly id: string;
  /** The setting in a few words. */
  readonly title: string;
  /** `useful`: calls are whole without it, and say more with it. */
  readonly weight: 'needed' | 'useful';
  /** What it costs not to have it, a sentence. */
  readonly why: string;
  readonly remedies: readonly Remedy[];
  /** Of each switch or sensor that it applies to; nothing of others. */
  look(site: SiteSeen): readonly Finding[];
}

/** Fewer legs, messages or lines than these say nothing about a setting. */
export const LEAST = 3;

/** `has` of `all`: what a setting would have made of nearly all of them. */
export function judged(of: string, has: number, all: number, what: string, share = 0.9): Finding {
  const saw = `${has} of ${all} ${what}`;
  if (all < LEAST) return { of, state: 'unknown', saw };
  return { of, state: has >= share * all ? 'fine' : 'missing', saw };
}
