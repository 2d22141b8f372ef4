import type { PartName } from './parts.ts';

/** One ratio of attempts: a part of another part. */
export interface Ratio {
  readonly title: string;
  readonly of: PartName;
  readonly among: PartName;
  /** Where it is defined. */
  readonly source: string;
}

/** Shares from 0 to 1, where the sources say per cent. Each is defined here alone; docs/rates.md has them in words. */
export const RATIOS = {
  asr: { title: 'Answer seizure ratio', of: 'answered', among: 'seizures', source: 'ITU-T E.425 §1.3, E.411' },
  abr: { title: 'Answer bid ratio', of: 'answered', among: 'bids', source: 'ITU-T E.425 §1.4, E.411' },
  ner: { title: 'Network effectiveness ratio', of: 'delivered', among: 'seizures', source: 'ITU-T E.425 §1.5' },
  ser: { title: 'Session establishment ratio', of: 'answered', among: 'not_redirected', source: 'RFC 6076 §4.6' },
  seer: {
    ...{ title: 'Session establishment effectiveness ratio', of: 'effective', among: 'not_redirected' },
    source: 'RFC 6076 §4.7',
  },
  isa: { title: 'Ineffective session attempts', of: 'ineffective', among: 'bids', source: 'RFC 6076 §4.8' },
} as const satisfies Record<string, Ratio>;

export type RatioName = keyof typeof RATIOS;
export const RATIO_NAMES = Object.keys(RATIOS) as readonly RatioName[];

/**
 * IRA, RFC 6076 §4.2: a registration failed when its REGISTER ended with a 4xx other than 401, 402 and 407, with a 5xx, a 6xx,
 * or with nothing (timer F, or a 408). These are the results (indexer/registrations) that those are.
 */
export const INEFFECTIVE_RESULTS = ['forbidden', 'not_found', 'rejected', 'failed', 'timeout'] as const;
export const IRA = { title: 'Ineffective registration attempts', source: 'RFC 6076 §4.2' } as const;
