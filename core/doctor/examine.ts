import type { Check, Finding, Remedy } from './check.ts';
import { CHECKS } from './checks/all.ts';
import type { SiteSeen } from './site.ts';

/** A check with what it found, and for each finding the lines that would help. */
export interface Examined extends Pick<Check, 'id' | 'title' | 'weight' | 'why'> {
  readonly findings: readonly (Finding & { readonly remedies: readonly Remedy[] })[];
}

/** Asks every check; one that applies to nothing here is left out. */
export function examine(site: SiteSeen): readonly Examined[] {
  return CHECKS.map(({ id, title, weight, why, remedies, look }) => ({
    ...{ id, title, weight, why },
    findings: look(site).map((finding) => ({ ...finding, remedies: remediesFor(finding, remedies) })),
  })).filter(({ findings }) => findings.length > 0);
}

/** Of settings that several programs have, those of the one that is there; where that is not known all of them. */
function remediesFor({ state, software }: Finding, remedies: readonly Remedy[]): readonly Remedy[] {
  if (state === 'fine') return [];
  const own = remedies.filter(({ system, of }) => {
    if (of !== undefined) return software !== undefined && of.includes(software);
    return system === software || system === 'Calltrail' || system === 'host';
  });
  return own.length > 0 ? own : remedies;
}
