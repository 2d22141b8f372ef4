import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from '../../core/config/config.ts';
import type { Viewer } from './viewer.ts';

/** What came in the Authorization header: Basic (RFC 7617) names a user, Bearer (RFC 6750) has a secret alone. */
export interface Credentials {
  /** undefined for Bearer. */
  readonly name?: string;
  readonly secret: string;
}

/** Who may read. */
export interface Users {
  /** The user that these belong to. Takes as long whoever it is, and for nobody. */
  whoHas(credentials: Credentials): Viewer | undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @param users asked for each time: the list may be replaced by another one, and is not changed itself */
export function createUsers(users: () => readonly User[]): Users {
  let list: readonly User[] | undefined;
  let known: readonly { readonly viewer: Viewer; readonly digest: Buffer }[] = [];
  const look = (): void => {
    const now = users();
    if (now === list) return;
    list = now;
    known = now.map(({ secret, ...viewer }) => ({ viewer, digest: digest(secret) }));
  };
  return {
    whoHas({ name, secret }) {
      look();
      const given = digest(secret);
      let found: Viewer | undefined;
      for (const user of known) {
        // Compared for all of them, so that the time does not tell which one it was.
        const isRight = timingSafeEqual(user.digest, given);
        if (isRight && (name === undefined || name === user.viewer.name)) found = user.viewer;
      }
      return found;
    },
  };
}

/** Undefined for a header that is neither, is none at all, or says nothing: a data source that was given no user sends that. */
export function readAuthorization(header: string | undefined): Credentials | undefined {
  const [, scheme = '', value = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(header ?? '') ?? [];
  if (scheme === '') return undefined;
  if (scheme.toLowerCase() === 'bearer') return { secret: value };
  const text = Buffer.from(value, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 || text === ':' ? undefined : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}
