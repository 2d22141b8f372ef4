import type { JWTPayload } from 'jose';
import { type OpenIdConfig, USER_ROLES } from '../../../core/config/config.ts';
import { Refused } from '../refused.ts';
import { claimTexts, nameOf } from '../token.ts';
import type { Viewer } from '../viewer.ts';

/**
 * What the claims of an id token or of a machine's token give: the highest role and all tenants of the values that the
 * configuration knows.
 *
 * @throws Refused 403 for whoever has no role, or no tenant where tenants are asked for
 */
export function viewerOf(claims: JWTPayload, { name: claim, roles, tenants }: OpenIdConfig): Viewer {
  const name = nameOf(claims, [claim, 'client_id', 'azp']);
  const granted = claimTexts(claims, roles.claim).map((value) => own(roles.values, value));
  const role = [...granted, roles.otherwise]
    .filter((one) => one !== undefined && one !== 'none')
    .toSorted((a, b) => USER_ROLES.indexOf(b) - USER_ROLES.indexOf(a))[0];
  if (name === '' || role === undefined) throw nothing(name, `"${roles.claim}" of the provider gives no role`);
  if (tenants === undefined) return { name, role };
  const shown = claimTexts(claims, tenants.claim).flatMap((value) => own(tenants.values, value) ?? []);
  if (shown.length === 0) throw nothing(name, `"${tenants.claim}" of the provider gives no tenant`);
  return { name, role, ...(shown.includes('*') ? {} : { tenants: [...new Set(shown)] }) };
}

const own = <T>(values: Readonly<Record<string, T>>, value: string): T | undefined =>
  Object.hasOwn(values, value) ? values[value] : undefined;

const nothing = (name: string, why: string): Refused =>
  new Refused('nothing_granted', 403, 'nothing_granted', `"${name}" may not read here: ${why}.`);
