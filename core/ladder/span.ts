/** Lengths of time as text. */

const two = (value: number): string => String(value).padStart(2, '0');

/** A length of time for reading: "65 ms", "4.2 s", "34 s", "2 min 05 s", "1 h 02 min". */
export function duration(us: number): string {
  const seconds = Math.abs(us) / 1_000_000;
  const sign = us < 0 ? '−' : '';
  if (seconds < 0.9995) return `${sign}${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${sign}${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${sign}${whole} s`;
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${sign}${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** A difference for comparing: "+340 µs", "+12.3 ms", "+3.214 s", "+2:05 min"; "−" when a clock runs behind. */
export function delta(us: number): string {
  const sign = us < 0 ? '−' : '+';
  const size = Math.abs(us);
  if (size < 1000) return `${sign}${size} µs`;
  if (size < 999_950) return `${sign}${(size / 1000).toFixed(1)} ms`;
  if (size < 59_999_500) return `${sign}${(size / 1_000_000).toFixed(3)} s`;
  const seconds = Math.round(size / 1_000_000);
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)}:${two(seconds % 60)} min`;
  return `${sign}${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))} h`;
}

/** A moment of a call, counted from its beginning: "0.000", "3.214", "2:05.312", "1:02:05"; "−" for before it. */
export function sinceStart(us: number): string {
  const ms = Math.round(Math.abs(us) / 1000);
  const sign = us < 0 && ms > 0 ? '−' : '';
  const seconds = Math.floor(ms / 1000);
  const fraction = String(ms % 1000).padStart(3, '0');
  if (seconds < 60) return `${sign}${seconds}.${fraction}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${sign}${minutes}:${two(seconds % 60)}.${fraction}`;
  return `${sign}${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
