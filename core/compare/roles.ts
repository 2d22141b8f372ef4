import { isRealLeg } from '../call/build.ts';
import type { Case, CaseLeg } from '../diagnosis/case.ts';

/** What a leg is to its call, wherever it has the same place in another one. */
export interface Role {
  /** "caller"; "dialled 2" for the second leg that the first one dialled; "dialled 2.1" for what that one dialled; "other 1". */
  readonly name: string;
  readonly leg: CaseLeg;
}

/** The legs of a call by their places, the caller's first. Loopback halves are plumbing and have none. */
export function rolesOf({ legs, root }: Case): readonly Role[] {
  const roles: Role[] = [{ name: 'caller', leg: root }];
  const placed = new Set([root]);
  const real = legs.filter(({ leg }) => isRealLeg(leg));
  const place = (of: CaseLeg, path: string): void => {
    let number = 0;
    for (const leg of real) {
      if (placed.has(leg) || leg.leg.parent !== of.leg) continue;
      number += 1;
      const own = path === '' ? String(number) : `${path}.${number}`;
      placed.add(leg);
      roles.push({ name: `dialled ${own}`, leg });
      place(leg, own);
    }
  };
  place(root, '');
  let others = 0;
  for (const leg of real) {
    if (placed.has(leg)) continue;
    placed.add(leg);
    others += 1;
    roles.push({ name: `other ${others}`, leg });
  }
  return roles;
}
