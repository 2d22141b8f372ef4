import { examine } from '../../core/doctor/examine.ts';
import { siteOf } from '../../core/doctor/site.ts';
import type { Unmask } from '../../core/sip/topology-hiding.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readSample } from './read.ts';
import type { Doctor } from './schema.ts';

/** What each switch and sensor of the site was not told to send, as far as its newest calls show it. */
export async function doctorOf(store: Store, unmask: Unmask, options: SelectOptions): Promise<Doctor> {
  const [{ sample, calls }, heard] = await Promise.all([readSample(store, options), readHeard(store, options)]);
  const site = siteOf(sample, unmask);
  const seen = new Set([...site.sensors, ...site.nodes].map(({ name }) => name));
  return {
    calls,
    packets: sample.packets.length,
    events: sample.events.length,
    lines: sample.lines.length,
    quiet: heard.filter((name) => !seen.has(name)),
    checks: examine(site).map(({ findings, ...check }) => ({
      ...check,
      findings: findings.map(({ software, remedies, ...finding }) => ({
        ...finding,
        software: software ?? null,
        remedies: remedies.map(({ system, file, lines }) => ({ system, file, lines })),
      })),
    })),
  };
}

/** More names than a site has. */
const MAX_HEARD = 1000;

/** Who was heard within a day, by name. */
async function readHeard(store: Store, options: SelectOptions): Promise<string[]> {
  const rows = await store.select<{ name: string }>(
    "SELECT DISTINCT name FROM heard WHERE minute >= {since:UInt32} AND kind IN ('sensor', 'switch') ORDER BY name LIMIT {limit:UInt32}",
    { since: Math.floor(Date.now() / 60_000) - 1440, limit: MAX_HEARD },
    options,
  );
  return rows.map(({ name }) => name);
}
