import { type AccessConfig, USER_ROLES, type UserRole } from '../../core/config/config.ts';

/** Who asks, and what he may. Each request has one: `request.viewer`. */
export interface Viewer {
  /** The name of a user; "" for whoever gave none where none is needed, or asks what everybody may. */
  readonly name: string;
  readonly role: UserRole;
  /** Whose calls alone are shown; all of them without it. */
  readonly tenants?: readonly string[];
}

/** Who vouches for the name: the configuration (basic, bearer), a provider, a Grafana, or nobody. */
export type Via = 'basic' | 'bearer' | 'openid' | 'grafana' | 'anonymous';

/** A viewer, and how it is known that it is him. */
export interface Known {
  readonly viewer: Viewer;
  readonly via: Via;
  /** The user of the data source that asks for him; "" when he asks himself. */
  readonly through: string;
}

/** Where nobody is named the port is the operator's own; where somebody is, or everybody was said to read, a stranger reads. */
export const strangerOf = ({
  users,
  openid,
  strangers,
}: Pick<AccessConfig, 'users' | 'openid' | 'strangers'>): Viewer => ({
  name: '',
  role: strangers ?? (users.length === 0 && openid === undefined ? 'admin' : 'reader'),
});

export const may = ({ role }: Viewer, least: UserRole): boolean =>
  USER_ROLES.indexOf(role) >= USER_ROLES.indexOf(least);

/** The lower of two roles. */
export const lower = (a: UserRole, b: UserRole): UserRole =>
  USER_ROLES[Math.min(USER_ROLES.indexOf(a), USER_ROLES.indexOf(b))]!;

/** The tenants that are in both lists; undefined stands for all of them. */
export function bothTenants(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((tenant) => b.includes(tenant));
}
