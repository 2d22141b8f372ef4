import type { Hidden } from '../privacy/hidden.ts';
import type { Tokens } from '../privacy/tokens.ts';
import { createTenants, type Tenant } from './tenants.ts';

/** Who sees the calls of some tenants alone. */
export interface TenantSight {
  readonly names: readonly string[];
  /** Whether the switch or sensor of this name is another tenant's: what it reports is not shown, whatever the leg. */
  hides(node: string): boolean;
  /** The same for the engine: the first pattern (RE2) that a name fits tells whether it is shown; one that fits none is. */
  readonly nodes: readonly { readonly pattern: string; readonly shown: boolean }[];
}

/** For whom a question is asked. What a call holds is the same for everybody; a sight says which calls there are. */
export interface Sight {
  /** Undefined for whoever sees all. */
  readonly only?: TenantSight;
  /** Who asks the store sees to it that the answer shows nothing else. */
  readonly kept?: true;
  /** Whoever asks is shown tokens instead of numbers and names: by what, and which of them the answer is known to hold. */
  readonly hidden?: Hidden;
  /** What turns tokens in a question back, whoever asks it. */
  readonly tokens?: Tokens;
}

export const EVERYTHING: Sight = {};

/**
 * @param names of tenants; undefined for whoever sees all
 * @param tenants as the operator describes them
 */
export function sightOf(names: readonly string[] | undefined, tenants: readonly Tenant[]): Sight {
  if (names === undefined) return EVERYTHING;
  const known = createTenants(tenants);
  const isOther = (owner: string | undefined): boolean => owner !== undefined && !names.includes(owner);
  const nodes = tenants
    .filter((tenant) => tenant.nodes.length > 0)
    .map((tenant) => ({ pattern: patternOf(tenant.nodes), shown: !isOther(tenant.name) }));
  return { only: { names, hides: (node) => isOther(known?.ofNode(node)), nodes } };
}

const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/** Names with "*" for any text as one pattern for the engine. */
const patternOf = (names: readonly string[]): string =>
  `^(?s:${names
    .map((name) =>
      name
        .split('*')
        .map((part) => part.replace(SPECIAL, '\\$&'))
        .join('.*'),
    )
    .join('|')})$`;

interface Asked {
  readonly sight?: Sight;
}

export const onlyOf = (options: Asked | undefined): TenantSight | undefined => options?.sight?.only;

/** Whether a call of this tenant may be shown; one of no known tenant is nobody's. */
export function shows(options: Asked | undefined, tenant: string | null | undefined): boolean {
  const only = onlyOf(options);
  return only === undefined || (typeof tenant === 'string' && only.names.includes(tenant));
}

export const hiddenOf = (options: Asked | undefined): Hidden | undefined => options?.sight?.hidden;

export const hides = (options: Asked | undefined, node: string): boolean => onlyOf(options)?.hides(node) ?? false;

/** Says to the store that the asker sees to it himself that nothing of others is shown (api/access/fence.ts). */
export function kept<T extends Asked>(options: T): T;
export function kept<T extends Asked>(options: T | undefined): T | undefined;
export function kept<T extends Asked>(options: T | undefined): T | undefined {
  const only = onlyOf(options);
  return options === undefined || only === undefined
    ? options
    : { ...options, sight: { ...options.sight, kept: true } };
}
