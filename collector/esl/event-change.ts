import { isUtf8 } from 'node:buffer';
import { type Entries, endOf, endOfString, endOfValue, hashName, startOf } from '../../core/event/entries.ts';
import { ChangedHeaders, isWithin, type WholeHeaders } from '../../core/event/header-text.ts';
import { RecipeWriter } from '../../core/event/recipe.ts';
import { isSecretName, mayHoldSecrets } from './secrets.ts';

/** What an event says that an earlier one of its channel did not, found by comparing their bytes. */

/** Bytes that may be stored as they are. */
export const isFit = (bytes: Buffer): boolean => isUtf8(bytes) && !mayHoldSecrets(bytes);

const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

export interface Change {
  readonly headers: ChangedHeaders;
  readonly recipe: string;
  readonly text: Buffer;
  /** Nothing was left out: base and text give the whole event. */
  readonly isComplete: boolean;
}

/** Names are looked at one by one only where something in the text tells to: it costs as much as all the rest. */
export function cleanChangeOf(base: WholeHeaders, body: Buffer, isClean: boolean): Change | undefined {
  const change = changeOf(base, body, false);
  if (isClean || change === undefined || isFit(change.text)) return change;
  const without = changeOf(base, body, true);
  return without !== undefined && isFit(without.text) ? without : undefined;
}

let scratch = Buffer.allocUnsafe(64 * 1024);
/** Events are mostly equal to their base over thousands of bytes, which the runtime compares faster than we can. */
const BLOCK = 256;
/** Shorter stretches are copied by hand: faster than a call into the runtime. */
const SHORT = 64;

/** What is new in an event, against an earlier one; undefined when the bytes are not of the usual form. */
function changeOf(base: WholeHeaders, body: Buffer, leaveOutSecrets: boolean): Change | undefined {
  if (body[0] !== OPEN) return undefined;
  const { entries } = base;
  const recipe = new RecipeWriter();
  const numbers: number[] = [];
  const copied: number[] = [];
  if (scratch.length < body.length + 1) scratch = Buffer.allocUnsafe(body.length * 2);
  const text = scratch;
  text[0] = OPEN;
  let used = 1;
  let expected = 0;
  let at = 1;
  let tryBlocks = true;

  const copy = (first: number, last: number): void => {
    recipe.addCopies(first, last);
    if (copied.length > 0 && copied[copied.length - 1] === first - 1) copied[copied.length - 1] = last;
    else copied.push(first, last);
  };

  for (;;) {
    let end = expected < entries.count ? endOfEqual(entries, expected, body, at) : -1;
    if (end >= 0) {
      const first = expected;
      expected += 1;
      if (tryBlocks && expected < entries.count) {
        tryBlocks = false;
        const start = startOf(entries, expected);
        const until = start + equalBytes(entries.bytes, start, body, end + 1);
        while (expected < entries.count && endOf(entries, expected) <= until) expected += 1;
        end += endOf(entries, expected - 1) - endOf(entries, first);
      }
      copy(first, expected - 1);
    } else {
      const nameEnd = endOfString(body, at);
      if (nameEnd < 0) return undefined;
      const place = base.placeOfName(body, at, nameEnd, hashName(body, at, nameEnd));
      end = place < 0 || place === expected ? -1 : endOfEqual(entries, place, body, at);
      if (end >= 0) {
        copy(place, place);
        expected = place + 1;
      } else {
        end = endOfValue(body, nameEnd);
        if (end < 0) return undefined;
        // What is in the base is no secret: it was cleaned.
        if (place >= 0 || !leaveOutSecrets || !isSecretName(body.toString('utf8', at + 1, nameEnd - 1))) {
          if (used > 1) text[used++] = COMMA;
          numbers.push(place, used + nameEnd - at, used + end - at);
          recipe.addNew();
          if (end - at > SHORT) body.copy(text, used, at, end);
          else for (let i = at; i < end; i += 1) text[used + i - at] = body[i]!;
          used += end - at;
        }
        if (place >= expected) expected = place + 1;
      }
      tryBlocks = true;
    }
    if (body[end] !== COMMA) {
      if (body[end] !== CLOSE || end !== body.length - 1) return undefined;
      break;
    }
    at = end + 1;
  }
  if (isAmbiguous(base, numbers, copied)) return undefined;
  text[used++] = CLOSE;
  const own = Buffer.allocUnsafe(used);
  text.copy(own, 0, 0, used);
  const steps = recipe.text();
  return {
    headers: new ChangedHeaders(base, steps, { numbers, text: own }, copied),
    recipe: steps,
    text: own,
    isComplete: !leaveOutSecrets,
  };
}

/**
 * True where a name stands both in what is new and in what is copied: the last of the two counts, which nobody could tell
 * any more without the base. An event that was fired anew (PRIVATE_COMMAND) has two dates.
 */
function isAmbiguous(base: WholeHeaders, numbers: readonly number[], copied: readonly number[]): boolean {
  for (let i = 0; i < numbers.length; i += 3) {
    const place = numbers[i]!;
    if (place >= 0 && (base.isRepeated(place) || isWithin(copied, place))) return true;
  }
  return false;
}

/** Where the entry ends that stands at `at` and is equal to this one; -1 when it is another. */
function endOfEqual(entries: Entries, entry: number, body: Buffer, at: number): number {
  const { bytes } = entries;
  const end = endOf(entries, entry);
  let here = at;
  for (let i = startOf(entries, entry); i < end; i += 1, here += 1) if (bytes[i] !== body[here]) return -1;
  return here;
}

/** How many bytes from here on are equal, in whole blocks. */
function equalBytes(bytes: Buffer, start: number, body: Buffer, at: number): number {
  let equal = 0;
  for (let next = BLOCK; start + next <= bytes.length && at + next <= body.length; next += BLOCK) {
    if (bytes.compare(body, at + equal, at + next, start + equal, start + next) !== 0) break;
    equal = next;
  }
  return equal;
}
