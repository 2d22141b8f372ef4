import { escaped, type Xml } from '../../ladder/svg/xml.ts';

/** What may stand in a template: text, which is escaped, and markup that was made by one. */
export type Part = string | number | Xml | readonly Part[] | undefined;

/**
 * HTML out of values: html`<b title="${text}">${text}</b>`. What a message or log line says reaches the page through here
 * alone, as text or as the value of an attribute in quotes; a name of an element or attribute is always ours.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Xml {
  let xml = strings[0] ?? '';
  for (const [at, part] of parts.entries()) xml += written(part) + (strings[at + 1] ?? '');
  return { xml };
}

function written(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(harmless(part));
  return Array.isArray(part) ? part.map(written).join('') : (part as Xml).xml;
}

/** Control characters but for tabs and line ends, which a parser drops or takes for others, are shown as U+FFFD. */
const harmless = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '\ufffd');
