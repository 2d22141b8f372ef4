import type { Hidden } from './hidden.ts';
import { hidePerson } from './person.ts';
import { hideText } from './text.ts';
import { hideUri } from './uri.ts';

/**
 * The value of a header that holds addresses (RFC 3261 §20.10): names and users are tokens, tags stay. Anything else is read
 * as text, so that it does for headers that are not known as well.
 */
export function hideAddresses(value: string, hidden: Hidden): string {
  let shown = '';
  let at = 0;
  // Behind a quote that is never closed every other one is escaped, so that none of them is closed either.
  let isOpen = false;
  while (at < value.length) {
    const quoted: string | undefined = isOpen ? undefined : matchAt(QUOTED, value, at)[0];
    isOpen ||= quoted === undefined && value[at] === '"';
    if (quoted !== undefined) {
      const isName = matchAt(/\s*</y, value, at + quoted.length).length > 0;
      shown += isName ? hideName(quoted, hidden) : hideText(quoted, hidden);
      at += quoted.length;
      continue;
    }
    const [, uri] = matchAt(BRACKETED, value, at);
    if (uri !== undefined) {
      const closed = value[at + 1 + uri.length] === '>';
      shown += `<${hideUri(uri, hidden)}${closed ? '>' : ''}`;
      at += uri.length + (closed ? 2 : 1);
      continue;
    }
    const [plain = value.slice(at)] = matchAt(PLAIN, value, at);
    const before = value[at + plain.length] === '<';
    shown += before ? hideBareName(plain, hidden) : hidePlain(plain, hidden);
    at += plain.length;
  }
  return shown;
}

const QUOTED = /"(?:[^"\\]|\\[\s\S])*"/y;
const BRACKETED = /<([^>]*)/y;
/** Up to what begins a piece of its own; a quote that is never closed is a letter. */
const PLAIN = /[\s\S][^"<]*/y;

function matchAt(pattern: RegExp, text: string, at: number): string[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}

/** A quoted display name; the token needs no escapes. */
function hideName(quoted: string, { tokens }: Hidden): string {
  const name = quoted.slice(1, -1);
  return `"${hidePerson(name.replace(/\\([\s\S])/g, '$1').replace(/\s*[\r\n]+\s*/g, ' '), tokens)}"`;
}

/** What stands before "<": behind the last comma a name, unless it belongs to a parameter. */
function hideBareName(plain: string, hidden: Hidden): string {
  const from = plain.lastIndexOf(',') + 1;
  const name = plain.slice(from);
  if (/[;=]/.test(name)) return hidePlain(plain, hidden);
  return `${hidePlain(plain.slice(0, from), hidden)}${hidePerson(name, hidden.tokens)}`;
}

/** Addresses without brackets, and parameters. */
function hidePlain(plain: string, hidden: Hidden): string {
  return plain
    .split(/([;,])/)
    .map((part) => {
      if (/^\s*(?:tag|branch|from-tag|to-tag)\s*=/i.test(part)) return part;
      return /^\s*(?:sips?|tel):/i.test(part) ? hideUri(part, hidden) : hideText(part, hidden);
    })
    .join('');
}
