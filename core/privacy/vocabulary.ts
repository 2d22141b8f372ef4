import { isNobody } from './person.ts';
import type { Replacement } from './pieces.ts';
import type { Tokens } from './tokens.ts';

/** The numbers and names of a call (or of an answer), to be found wherever else they stand: in a log line, in a variable. */
export interface Vocabulary {
  /** Takes a number, name or user part. */
  add(text: string): void;
  /** Where known ones stand in a text, as whole words in any case, and the token that is put there. */
  find(text: string): Iterable<Replacement>;
  /** The token of a text that is known as a whole; undefined for any other. */
  tokenOf(text: string): string | undefined;
}

/** A word of one letter, or a number of two digits, stands everywhere. */
const MIN_LETTERS = 2;
const MIN_DIGITS = 3;
const MAX_LENGTH = 200;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const WORD_BEFORE = /[\p{L}\p{N}\p{M}]$/u;
const WORD_AFTER = /^[\p{L}\p{N}\p{M}]/u;

/** One way in which a word may be written. */
interface Form {
  /** In lower case. */
  readonly text: string;
  /** Where its first letter or digit stands. */
  readonly from: number;
  readonly word: string;
}

/** Looked up word by word: a text costs what its length is, however many words are known. */
export function createVocabulary(tokens: Tokens): Vocabulary {
  const known = new Map<string, string>();
  /** Forms by their first letters or digits, the longest first. */
  const byFirst = new Map<string, Form[]>();

  const addForm = (written: string, word: string): void => {
    const text = written.toLowerCase();
    const first = text.match(WORD)?.[0];
    if (first === undefined || known.has(text)) return;
    known.set(text, word);
    const forms = byFirst.get(first) ?? [];
    forms.push({ text, from: text.indexOf(first), word });
    forms.sort((a, b) => b.text.length - a.text.length);
    byFirst.set(first, forms);
  };

  return {
    add(text) {
      const word = text.trim();
      const isNumber = /^[+*#]*[0-9*#]+$/.test(word);
      if (word.length < (isNumber ? MIN_DIGITS : MIN_LETTERS) || word.length > MAX_LENGTH) return;
      if (isNobody(word) || known.has(word.toLowerCase())) return;
      for (const form of formsOf(word)) addForm(form, word);
    },
    find: (text) => (known.size === 0 ? [] : foundIn(text, byFirst, tokens)),
    tokenOf(text) {
      const word = known.get(text.toLowerCase());
      return word === undefined ? undefined : tokens.of(word);
    },
  };
}

function* foundIn(text: string, byFirst: ReadonlyMap<string, readonly Form[]>, tokens: Tokens): Iterable<Replacement> {
  const lower = text.toLowerCase();
  // A few letters are longer in lower case: then places would not be the same.
  const searched = lower.length === text.length ? lower : text;
  let free = 0;
  for (const { 0: first, index } of searched.matchAll(WORD)) {
    const form = byFirst.get(first)?.find((one) => isAt(one, searched, index, free));
    if (form === undefined) continue;
    free = index - form.from + form.text.length;
    yield { index: index - form.from, length: form.text.length, by: tokens.of(form.word) };
  }
}

function isAt({ text, from }: Form, searched: string, index: number, free: number): boolean {
  const start = index - from;
  if (start < free || !searched.startsWith(text, start)) return false;
  const [before, after] = [searched.slice(Math.max(0, start - 2), start), searched.slice(start + text.length)];
  return !WORD_BEFORE.test(before) && !WORD_AFTER.test(after.slice(0, 2));
}

/** As it is written, and as a URI, a variable of the switch, JSON or a quoted string writes it. */
function formsOf(word: string): string[] {
  if (/^[A-Za-z0-9]*$/.test(word)) return [word];
  const wellFormed = word.toWellFormed();
  const encoded = encodeURIComponent(wellFormed);
  const json = JSON.stringify(wellFormed).slice(1, -1);
  const ascii = json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const asVariable = word.replaceAll(' ', '_');
  return [word, encoded, encoded.replaceAll('%20', '+'), asVariable, word.replace(/["\\]/g, '\\$&'), json, ascii];
}
