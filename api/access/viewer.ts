import { type AccessConfig, USER_ROLES, type UserRole } from '../../core/config/config.ts';

/** Who asks, and what he may. Each request has one: `request.viewer`. */
export interface Viewer {
  /** The name of a user; "" for whoever gave none where none is needed, or asks what everybody may. */
  readonly name: string;
  readonly role: UserRole;
  /** Whose calls alone are shown; all of them without it. */
  readonly tenants?: readonly string[];
}

/** Where no users are named the port is the operator's own; where some are, a stranger reads. */
export const strangerOf = ({ users }: Pick<AccessConfig, 'users'>): Viewer => ({
  name: '',
  role: users.length === 0 ? 'admin' : 'reader',
});

export const may = ({ role }: Viewer, least: UserRole): boolean =>
  USER_ROLES.indexOf(role) >= USER_ROLES.indexOf(least);
