/**
 * XML out of values. What a message or log line says reaches a picture through {@link text} and {@link el} alone, which
 * escape it; a name of an element or attribute is always ours.
 */

/** A piece of XML that is well-formed as it stands. */
export interface Xml {
  readonly xml: string;
}

/** What is left out counts as "". */
export type Child = Xml | readonly Child[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (value: string): string => value.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/**
 * Text that may stand in a line of XML 1.0 (§2.2): line ends and tabs are spaces; control characters, lone surrogates
 * and signs that turn the direction of writing are shown as U+FFFD; of marks that pile up over a letter two are left.
 */
export function printable(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u200E\u200F\u2028\u2029\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1');
}

export const text = (value: string): Xml => ({ xml: escaped(printable(value)) });

/** An element. Attributes that are undefined are left out; numbers have two decimals at most. */
export function el(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly Child[]
): Xml {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escaped(printable(String(value)))}"`)
    .join('');
  const inner = children.map(flat).join('');
  return { xml: inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>` };
}

const flat = (child: Child): string =>
  child === undefined ? '' : Array.isArray(child) ? child.map(flat).join('') : (child as Xml).xml;

const round = (value: number): string => String(Math.round(value * 100) / 100);
