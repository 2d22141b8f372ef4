/** What was counted of one series (a site, a trunk, a node, a tenant) in one minute, by when the INVITE was sent. */
export interface SeriesMinute {
  /** Minutes since the epoch, UTC. */
  readonly minute: number;
  readonly attempts: number;
  /** Attempts that the network failed; what the callee or the caller decided (486, 487, 603, …) is no failure. */
  readonly failed: number;
  /** A sensor of the series was not heard, or its stream of events had a gap: what was counted says nothing. */
  readonly blind: boolean;
}

export const MINUTES_A_DAY = 1440;
export const HOURS_A_WEEK = 168;

/** The hour of the week, 0 to 167; which weekday comes first does not matter, as long as it is always the same. */
export const hourOfWeek = (hour: number): number => ((hour % HOURS_A_WEEK) + HOURS_A_WEEK) % HOURS_A_WEEK;
