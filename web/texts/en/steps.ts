/** The lines of the ladder, as they are drawn and as a screen reader says them. */
export const steps = {
  list: 'Steps of the call. Arrow keys move, Enter opens, X unfolds, Escape closes.',
  noStepPasses: 'No step passes the switches above.',

  cited: 'Evidence of the diagnosis above',
  corrected: 'Drawn by the clock of the others: its own was off',
  seenBy: (sensors: string): string => `Seen by ${sensors}`,
  again: 'again',
  sentTimes: (count: number, span: string): string => `sent ${count} times in ${span}`,

  pass: (span: string): string => `${span} pass`,
  folded: (steps: number): string => `… ${steps} steps`,
  rtp: (codec: string, note: string, span: string): string => `RTP ${codec}${note === '' ? '' : `, ${note}`}, ${span}`,

  /** To be heard, and not seen. */
  said: {
    unknown: 'unknown',
    fromTo: (from: string, to: string): string => `from ${from} to ${to}`,
    at: (lane: string): string => `at ${lane}`,
    leg: (letter: string): string => `leg ${letter}`,
    turn: (letter: string, turn: string): string => `leg ${letter} ${turn}`,
    kinds: { message: 'message', event: 'event', gap: 'gap' },
    log: (level: string): string => `log ${level}`,
    retransmission: 'retransmission',
    corrected: 'time corrected',
    seenBySensors: (count: number): string => `seen by ${count} sensors`,
    cited: 'evidence of the diagnosis',
    runUnfolded: (run: string): string => `${run}, unfolded`,
    runFolded: (run: string): string => `${run}, folded`,
  },
};
