import type { HeaderValue } from '../model/headers.ts';
import { hideAddresses } from './addresses.ts';
import { hideKey } from './call-key.ts';
import { isPersonal, isPlain, isSecret } from './header-kinds.ts';
import type { Hidden } from './hidden.ts';
import { hideDigits, hideUser } from './person.ts';
import { hideText } from './text.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Longer than any number or name: a list, a dial string. */
const MAX_PERSON = 100;
const NAMELESS = /^\s*(?:true|false|none|null|-?\d{0,2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*$/i;
const SENTENCE = /[@<>{}[\]=;|()/]|:\w/;
const KEY = /(?:call[-_]?id|-uuid|_uuid|uniqueid|unique-id|linkedid)$/i;

/** The value of one header or variable of an event, without numbers, names and digits. */
export function hideHeader(name: string, value: string, hidden: Hidden): string {
  if (isSecret(name)) return hideDigits(value);
  if (isPlain(name, value)) return value;
  if (KEY.test(name)) return hideKey(value, hidden.tokens);
  if (!isPersonal(name) || NAMELESS.test(value)) return hideText(value, hidden);
  if (SENTENCE.test(value) || value.length > MAX_PERSON) return hideAddresses(value, hidden);
  return hideUser(value, hidden.tokens);
}

/** All headers of an event. Asterisk's VarSet names the variable in one header and its value in another. */
export function hideHeaders(
  headers: Readonly<Record<string, HeaderValue>>,
  hidden: Hidden,
): Record<string, string | string[]> {
  const shown: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    const kind = nameOf(name, headers);
    shown[name] =
      typeof value === 'string' ? hideHeader(kind, value, hidden) : value.map((one) => hideHeader(kind, one, hidden));
  }
  return shown;
}

function nameOf(name: string, headers: Readonly<Record<string, HeaderValue>>): string {
  if (name !== 'Value') return name;
  return typeof headers.Variable === 'string' ? headers.Variable : name;
}

/** Notes the numbers and names of an event. */
export function learnHeaders(headers: Readonly<Record<string, HeaderValue>>, vocabulary: Vocabulary): void {
  for (const [name, value] of Object.entries(headers)) {
    const kind = nameOf(name, headers);
    if (!isPersonal(kind) || isSecret(kind)) continue;
    for (const one of typeof value === 'string' ? [value] : value) {
      if (one.length > MAX_PERSON || SENTENCE.test(one) || NAMELESS.test(one)) continue;
      vocabulary.add(one);
      if (one.includes('%')) vocabulary.add(decoded(one));
    }
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No escapes, just a per cent sign.
    return text;
  }
}
