import { html, type TemplateResult } from 'lit';
import { texts } from '../texts/language.ts';

const { hidden, hiddenToken } = texts.parts;

/** What stands in the place of a number or name that is not shown (docs/privacy.md). */
const TOKEN = /^(num|name)~(?:([+*#]?[0-9]{1,6})\.)?([a-z]{17,})(?:\.([0-9]{1,4}))?~$/;
/** Letters by which two tokens of one page are told apart. */
const LETTERS = 6;

/** A number or name; a token is short, says what it is, and is whole in its title, to be copied into the search box. */
export function personText(text: string): string | TemplateResult {
  const [, kind, first = '', letters = '', last = ''] = TOKEN.exec(text) ?? [];
  if (kind === undefined) return text;
  const what = kind === 'num' ? 'num' : 'name';
  return html`<span class="token" title=${hiddenToken[what](text)}><span class="visually-hidden">${hidden[what]} </span>${first}${first === '' ? '' : '·'}${letters.slice(0, LETTERS)}${last === '' ? '' : '·'}${last}</span>`;
}
