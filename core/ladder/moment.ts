/** Epoch µs of an ISO time with up to six decimals; undefined for what is none. */
export function microsOf(iso: string): number | undefined {
  const parts = /^(.*?)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)$/.exec(iso);
  if (parts === null) return undefined;
  const ms = Date.parse(`${parts[1]}${parts[3]}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number((parts[2] ?? '').padEnd(6, '0'));
}
