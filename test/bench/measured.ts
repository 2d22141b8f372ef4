import { readFileSync } from 'node:fs';

/** MB that a process holds in memory: VmRSS of /proc/PID/status. */
export function memoryMbOf(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb ?? 0) / 1024);
}

/** The value that so many of a hundred measurements do not exceed. Empty input is a mistake. */
export function percentile(measured: readonly number[], percent: number): number {
  const sorted = [...measured].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}
