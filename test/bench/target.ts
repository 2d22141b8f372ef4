/** One line of a benchmark: what was measured, beside what it has to be and what the peer needs. */
export function verdict(what: string, measured: string, kept: boolean, target: string, peer: string): string {
  return `${kept ? 'ok  ' : 'MISS'} ${what}: ${measured} (target ${target}; HOMER 7: ${peer})`;
}
