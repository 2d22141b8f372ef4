/** The second that was written last, as most times of one answer are near each other. */
let second = Number.NaN;
let text = '';

/** Epoch µs as ISO 8601 in UTC with six decimals: "2026-11-21T10:21:38.752001Z". */
export function isoOf(us: number): string {
  const whole = Math.floor(us / 1_000_000);
  if (whole !== second) {
    text = new Date(whole * 1000).toISOString().slice(0, -4);
    second = whole;
  }
  return `${text}${String(us - whole * 1_000_000).padStart(6, '0')}Z`;
}

export const maybeIso = (us: number | undefined): string | null => (us === undefined ? null : isoOf(us));
