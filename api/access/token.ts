import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { type Reason, Refused } from './refused.ts';

/** Clocks of others may be off by so much. */
const CLOCK_SECONDS = 30;
/** A key that is not known is looked for anew, but not again and again: whoever comes may name one. */
const COOLDOWN_MS = 5000;
const TIMEOUT_MS = 5000;

export const remoteKeys = (url: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(url), { cooldownDuration: COOLDOWN_MS, timeoutDuration: TIMEOUT_MS });

export const localKeys = (text: string): JWTVerifyGetKey => createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);

/** What is asked of a signed token, and what to say of one that is not it. */
export interface Wanted {
  readonly keys: JWTVerifyGetKey;
  readonly options: JWTVerifyOptions;
  /** As the subject of a sentence: "The header X-Grafana-Id". */
  readonly name: string;
  /** Whose keys these are: "Grafana at https://…". */
  readonly whose: string;
  readonly reason: Reason;
  readonly status: 400 | 401;
}

/** The claims of a token (RFC 7519) whose signature, issuer, audience and times are right. Throws {@link Refused}. */
export async function verified(token: string, wanted: Wanted): Promise<JWTPayload> {
  try {
    const options = { clockTolerance: CLOCK_SECONDS, ...wanted.options };
    return (await jwtVerify(token, wanted.keys, options)).payload;
  } catch (error) {
    throw refusalOf(error, wanted);
  }
}

function refusalOf(error: unknown, { name, whose, reason, status }: Wanted): Refused {
  if (error instanceof errors.JWTExpired) {
    const kind = reason === 'wrong_token' ? 'token_expired' : reason;
    return new Refused(kind, status, kind, `${name} has expired.`);
  }
  // What is wrong with the token itself; all else is about the keys.
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new Refused(
      reason,
      status,
      reason,
      `${name} is not meant for this: its "${error.claim}" is not as expected.`,
    );
  }
  const isItsFault = [
    errors.JWSInvalid,
    errors.JWTInvalid,
    errors.JWSSignatureVerificationFailed,
    errors.JWKSNoMatchingKey,
    errors.JWKSMultipleMatchingKeys,
    errors.JOSEAlgNotAllowed,
    errors.JOSENotSupported,
  ].some((kind) => error instanceof kind);
  if (isItsFault) return new Refused(reason, status, reason, `${name} is not signed by ${whose}.`);
  return providerAway(`The keys of ${whose} cannot be read right now. Try again in a moment.`);
}

export const providerAway = (message: string): Refused =>
  new Refused('provider_away', 503, 'provider_away', message, { 'retry-after': 5 });

/** The value of a claim as texts: by its name, or else by its path ("realm_access.roles"). Numbers and the like are none. */
export function claimTexts(claims: JWTPayload, name: string): readonly string[] {
  let value: unknown = claims[name];
  if (value === undefined) {
    value = claims;
    for (const part of name.split('.')) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as never)[part] : undefined;
    }
  }
  return [value].flat().filter((text) => typeof text === 'string');
}

const MAX_NAME = 200;

/** The first of these claims that is a text, to be shown as a name; the subject without. */
export function nameOf(claims: JWTPayload, names: readonly string[]): string {
  const [first = ''] = [...names, 'sub']
    .flatMap((name) => claimTexts(claims, name))
    .filter((text) => text.trim() !== '');
  return first.toWellFormed().slice(0, MAX_NAME);
}
