import { isNobody } from './person.ts';
import type { Tokens } from './tokens.ts';

/** The numbers and names of a call (or of an answer), to be found wherever else they stand: in a log line, in a variable. */
export interface Vocabulary {
  /** Takes a number, name or user part. */
  add(text: string): void;
  /** What finds every one of them; undefined where there are none. */
  pattern(): RegExp | undefined;
  /** The token of what the pattern found. */
  tokenOf(found: string): string | undefined;
}

/** A word of one letter, or a number of two digits, stands everywhere. */
const MIN_LETTERS = 2;
const MIN_DIGITS = 3;
const MAX_LENGTH = 200;
/** Words of one answer: a list of a thousand calls has four times as many. */
const MAX_WORDS = 20_000;

export function createVocabulary(tokens: Tokens): Vocabulary {
  /** By how it may be written, in lower case: what it is. */
  const words = new Map<string, string>();
  let built: RegExp | undefined;
  let builtOf = 0;

  const addForm = (form: string, word: string): void => {
    const key = form.toLowerCase();
    if (!words.has(key)) words.set(key, word);
  };

  return {
    add(text) {
      const word = text.trim();
      const isNumber = /^[+*#]*[0-9*#]+$/.test(word);
      if (word.length < (isNumber ? MIN_DIGITS : MIN_LETTERS) || word.length > MAX_LENGTH) return;
      if (isNobody(word) || words.size >= MAX_WORDS || words.has(word.toLowerCase())) return;
      for (const form of formsOf(word)) addForm(form, word);
    },
    pattern() {
      if (words.size === 0) return undefined;
      if (built === undefined || builtOf !== words.size) {
        const longest = [...words.keys()].sort((a, b) => b.length - a.length);
        built = new RegExp(`(?<![\\p{L}\\p{N}])(?:${longest.map(escaped).join('|')})(?![\\p{L}\\p{N}])`, 'giu');
        builtOf = words.size;
      }
      return built;
    },
    tokenOf(found) {
      const word = words.get(found.toLowerCase());
      return word === undefined ? undefined : tokens.of(word);
    },
  };
}

/** As it is written, and as a URI, a variable of the switch, JSON or a quoted string writes it. */
function formsOf(word: string): string[] {
  if (/^[A-Za-z0-9]*$/.test(word)) return [word];
  const wellFormed = word.toWellFormed();
  const encoded = encodeURIComponent(wellFormed);
  const json = JSON.stringify(wellFormed).slice(1, -1);
  const ascii = json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    word,
    encoded,
    encoded.replaceAll('%20', '+'),
    word.replaceAll(' ', '_'),
    word.replace(/["\\]/g, '\\$&'),
    json,
    ascii,
  ];
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
