import { mayHoldSecrets, scrubText } from '../scrub/scrub.ts';
import { tally } from '../scrub/tally.ts';

/**
 * What of an event must not be stored: FreeSWITCH puts the credentials it uses, keys of media and digits that were pressed
 * into channel variables and into the arguments of dialplan applications and API commands, and so into events and log lines.
 */

const SECRET_NAME = /password|passwd|passphrase|a1-hash|crypto_key|^(?:variable_)?sip_auth_|(?:^|_)authorization$/i;
const DIGITS_NAME = /digit/i;
const DIGITS = /^[0-9A-Dw*#,\s]+$/i;

export { mayHoldSecrets };

/** True for a header that is dropped as a whole, for example variable_sip_auth_password. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** The text with the values of passwords, keys and digits in it replaced by "***". */
export const withoutSecrets = scrubText;

/** The value of a header by its name: digits that somebody pressed are known by that alone (DTMF-Digit, variable_digits). */
export function cleanValue(name: string, value: string): string {
  return hideDigits(name, value) ?? scrubText(value);
}

/** "***" for such digits, undefined for everything else. */
export function hideDigits(name: string, value: string): string | undefined {
  if (!DIGITS_NAME.test(name) || !DIGITS.test(value)) return undefined;
  tally([{ from: 0, to: value.length, kind: 'dtmf' }]);
  return '***';
}
