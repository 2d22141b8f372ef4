import { type Static, Type } from 'typebox';
import { hostKeyProblem } from '../../model/host-names.ts';
import { strict } from './types.ts';

/** Names of hosts: address → name, or a list of boxes with the addresses of each. */
export const Hosts = Type.Union([
  Type.Record(Type.String(), Type.String()),
  Type.Array(
    Type.Object(
      { name: Type.String({ minLength: 1 }), at: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }) },
      strict,
    ),
  ),
]);
export type Hosts = Static<typeof Hosts>;

/** Either form as address → name. */
export function resolveHosts(hosts: Hosts = {}): Readonly<Record<string, string>> {
  if (!Array.isArray(hosts)) return hosts;
  return Object.fromEntries(hosts.flatMap(({ name, at }) => at.map((key) => [key, name])));
}

/** The setting may be anything but what the schema asks for: that is told elsewhere. */
export function hostProblems(hosts: unknown): string[] {
  const keys = Array.isArray(hosts)
    ? hosts.flatMap((box: unknown, i) => {
        const at = (box as { at?: unknown } | null)?.at;
        return (Array.isArray(at) ? at : []).map((key, j) => [`hosts[${i}].at[${j}]`, key] as const);
      })
    : Object.keys(typeof hosts === 'object' && hosts !== null ? hosts : {}).map((key) => ['hosts', key] as const);
  const seen = new Set<unknown>();
  return keys.flatMap(([where, key]) => {
    if (typeof key !== 'string') return [];
    const problem = seen.has(key) ? 'is named twice' : hostKeyProblem(key);
    seen.add(key);
    return problem === undefined ? [] : [`${where}: "${key}": ${problem}`];
  });
}
