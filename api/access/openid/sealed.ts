import { hkdfSync } from 'node:crypto';
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import type { OpenIdConfig } from '../../../core/config/config.ts';

/** What a browser keeps for us and can neither read nor change, until it ends: a JWE (RFC 7516) in a cookie. */
export interface Sealed {
  seal(what: 'session' | 'login', content: JWTPayload, seconds: number): Promise<string>;
  /** Undefined for what is not ours, was changed, is another kind, or is over. */
  open(what: 'session' | 'login', text: string): Promise<JWTPayload | undefined>;
}

const [KEY_MANAGEMENT, CIPHER] = ['dir', 'A256GCM'];
/** A browser keeps 4096 bytes with the cookie's name and attributes (RFC 6265 §6.1). */
const MAX_SEALED = 3800;

/**
 * The key is made of the client's secret and of all that is configured of the provider: each process with the same file has
 * the same one, and no session outlives a change of what it was granted by.
 */
export function createSealed(config: OpenIdConfig, now: () => number = Date.now): Sealed {
  const key = new Uint8Array(hkdfSync('sha256', config.clientSecret, 'calltrail', JSON.stringify(config), 32));
  return {
    async seal(what, content, seconds) {
      const atSeconds = Math.floor(now() / 1000);
      const text = await new EncryptJWT(content)
        .setProtectedHeader({ alg: KEY_MANAGEMENT!, enc: CIPHER! })
        .setAudience(what)
        .setIssuedAt(atSeconds)
        .setExpirationTime(atSeconds + seconds)
        .encrypt(key);
      if (text.length > MAX_SEALED) throw new RangeError(`${text.length} bytes are too many for a cookie`);
      return text;
    },
    async open(what, text) {
      try {
        const { payload } = await jwtDecrypt(text, key, {
          audience: what,
          currentDate: new Date(now()),
          requiredClaims: ['exp'],
          keyManagementAlgorithms: [KEY_MANAGEMENT!],
          contentEncryptionAlgorithms: [CIPHER!],
        });
        return payload;
      } catch {
        // Whatever is wrong with it, it opens nothing.
        return undefined;
      }
    },
  };
}
