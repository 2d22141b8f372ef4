/** Where a number, name or address stood, as bits of the column `identifiers.roles`. The order is stored: only add at the end. */
export const ROLES = [
  'from',
  'to',
  'request',
  'p-asserted-identity',
  'remote-party-id',
  'diversion',
  'refer-to',
  'hop',
  'caller',
  'ani',
  'destination',
  'callee',
  'caller_name',
] as const;

export type Role = (typeof ROLES)[number];

const BITS = Object.fromEntries(ROLES.map((role, i) => [role, 1 << i])) as Readonly<Record<Role, number>>;

export const roleBit = (role: Role): number => BITS[role];

export const rolesOf = (bits: number): Role[] => ROLES.filter((role) => (bits & roleBit(role)) !== 0);
