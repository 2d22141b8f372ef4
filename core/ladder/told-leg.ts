import { microsOf } from './moment.ts';
import type { StoryLeg } from './story.ts';

/** The moments of a leg as the API tells them. */
interface IsoMoments {
  readonly startedAt: string | null;
  readonly ringingAt: string | null;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
}

type ToldAs<L> = L & Pick<StoryLeg, 'startedUs' | 'ringingUs' | 'answeredUs' | 'endedUs'>;

/** A leg of an answer with its moments as a story counts them. */
export const toldLeg = <L extends IsoMoments>(leg: L): ToldAs<L> => ({
  ...leg,
  startedUs: momentOf(leg.startedAt),
  ringingUs: momentOf(leg.ringingAt),
  answeredUs: momentOf(leg.answeredAt),
  endedUs: momentOf(leg.endedAt),
});

const momentOf = (iso: string | null): number | undefined => (iso === null ? undefined : microsOf(iso));
