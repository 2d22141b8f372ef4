/** How large the journal may get, and what happens then. */
export interface JournalLimits {
  readonly maxBytes: number;
  /** What is older is given up when more comes, as retention would take it soon anyway. */
  readonly maxAgeMs: number;
  /**
   * "wait": senders over TCP and switches are slowed down, datagrams dropped and counted. "drop_oldest": what waited
   * longest is given up and counted.
   */
  readonly whenFull: 'wait' | 'drop_oldest';
}

export const DEFAULT_LIMITS: JournalLimits = {
  maxBytes: 4 * 1024 ** 3,
  maxAgeMs: 7 * 86_400_000,
  whenFull: 'wait',
};

/** Files small enough that those which are stored are soon gone, and that the oldest can be given up by itself. */
export const segmentBytesOf = ({ maxBytes }: JournalLimits): number =>
  Math.max(64 * 1024, Math.min(32 * 1024 * 1024, Math.floor(maxBytes / 8)));
