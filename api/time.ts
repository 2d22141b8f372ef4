/** Epoch µs as ISO 8601 in UTC with six decimals: "2026-11-21T10:21:38.752001Z". */
export function isoOf(us: number): string {
  const ms = Math.floor(us / 1000);
  const rest = String(us - ms * 1000).padStart(3, '0');
  return `${new Date(ms).toISOString().slice(0, -1)}${rest}Z`;
}

export const maybeIso = (us: number | undefined): string | null => (us === undefined ? null : isoOf(us));
