import { headerOf } from '../../core/model/capture-event.ts';
import { hideDigits, isSecretName, withoutSecrets } from '../esl/secrets.ts';
import type { AmiHeaders } from './frame.ts';

/**
 * What must not be stored: dialplans keep passwords and PINs in variables and hand them to applications, and both are
 * in the events (VarSet, ChanVariable, Newexten).
 */

const SECRET_NAME =
  /secret|passcode|authenticationdetail|api_?key|authorization|challenge$|expectedresponse|(?:^|_)(?:pin|pwd|token)(?:_|$)/i;
/** "SIPSECRET=abc", "MY_PIN=1234" in the middle of a text. Bounded: a stranger may have written the text. */
const SECRET_VALUE =
  /((?:secret|passcode|api_?key|(?<![A-Za-z0-9])(?:pin|pwd|token))[\w-]{0,40}\s{0,4}=\s{0,4})[^\s,;&)}\]]{1,256}/gi;
const WORTH_A_LOOK = /secret|passcode|api_?key|pin|pwd|token/i;
/** Applications whose argument is a password or PIN. */
const ASKS_FOR_PASSWORD = /^(?:Authenticate|VMAuthenticate|DISA)$/i;
const ASSIGNS = /^M?Set$/i;

/** Keys and values without secrets: such a key is left out, of a variable the value becomes "***". */
export function withoutSecretHeaders(headers: AmiHeaders): AmiHeaders {
  const kept: Record<string, string | readonly string[]> = Object.create(null);
  const variable = headerOf(headers, 'Variable');
  const isSecretVariable = isSecret(variable);
  const application = headerOf(headers, 'Application');
  const clean = (key: string, value: string): string => {
    if (key === 'Value' && isSecretVariable) return '***';
    if (key === 'AppData' || key === 'ApplicationData') return argumentOf(application, value);
    if (key === 'Value') return hideDigits(variable, value) ?? withoutSecretText(value);
    return key.endsWith('ChanVariable') || key === 'Variable'
      ? assignment(value)
      : (hideDigits(key, value) ?? withoutSecretText(value));
  };
  for (const [key, value] of Object.entries(headers)) {
    if (isSecret(key)) continue;
    kept[key] = typeof value === 'string' ? clean(key, value) : value.map((one) => clean(key, one));
  }
  return kept;
}

function argumentOf(application: string, value: string): string {
  if (ASKS_FOR_PASSWORD.test(application) && value !== '') return '***';
  return ASSIGNS.test(application) ? assignment(value) : withoutSecretText(value);
}

/** "NAME=value" as a whole, whatever the value has in it. */
function assignment(text: string): string {
  const equals = text.indexOf('=');
  return equals > 0 && isSecret(text.slice(0, equals)) ? `${text.slice(0, equals)}=***` : withoutSecretText(text);
}

const isSecret = (name: string): boolean => isSecretName(name) || SECRET_NAME.test(name);

const withoutSecretText = (text: string): string =>
  withoutSecrets(WORTH_A_LOOK.test(text) ? text.replace(SECRET_VALUE, '$1***') : text);
