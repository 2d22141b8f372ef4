import { readEvent } from '../../collector/esl/event.ts';
import { isWorthStoring } from '../../collector/esl/interest.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import type { RecordedFrame } from '../replay/esl-recording.ts';

/**
 * Recorded calls made into any number of new ones: whatever a switch or a phone would have chosen anew is written anew,
 * the same everywhere in the calls, and of the same length, so that frames stay as they are: UUIDs, tags, branches,
 * numbers, ports and counters of five digits or more, and all times.
 */

export interface Template {
  readonly frames: readonly FrameTemplate[];
  /** Two-leg calls: half the number of its channels. */
  readonly calls: number;
  readonly durationMs: number;
  /** What is written anew each time; place i of it belongs to value i of {@link newValues}. */
  readonly values: readonly Buffer[];
  readonly startUs: number;
}

export interface FrameTemplate {
  readonly kind: 'event' | 'log';
  /** Milliseconds since the beginning of the recording. */
  readonly afterMs: number;
  readonly bytes: Buffer;
  readonly places: readonly Place[];
  /** False for events that the product leaves out. */
  readonly stored: boolean;
}

interface Place {
  readonly at: number;
  readonly kind: 'value' | 'core' | 'sequence' | 'micros' | 'seconds' | 'local' | 'gmt';
  /** Of a value which one, of a time when it was: epoch µs. */
  readonly of: number;
}

const SEQUENCE_DIGITS = 9;
const WORDS =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|z9hG4bK[A-Za-z0-9]+|(?<![A-Za-z0-9])(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{12,}|\d{5,}/g;
/** Five digits that every call has. */
const ALIKE = new Set(['64000', '16000', '48000', '96000']);
const KEPT_PREFIX = /^z9hG4bK/;

export function createTemplate(recorded: readonly RecordedFrame[]): Template {
  const core = /"Core-UUID":"([^"]+)"/.exec(recorded.map(({ bytes }) => bytes.toString('latin1')).join(''))?.[1] ?? '';
  const values = new Map<string, number>();
  const channels = new Set<string>();
  const frames: FrameTemplate[] = [];
  const startMs = recorded[0]?.atMs ?? 0;
  for (const { type, bytes, atMs } of recorded) {
    if (type !== 'text/event-json' && type !== 'log/data') continue;
    const kind = type === 'log/data' ? 'log' : 'event';
    const border = bytes.indexOf('\n\n') + 2;
    const body = bytes.toString('latin1', border);
    let stored = true;
    let text = body;
    if (kind === 'event') {
      const reading = readEvent(Buffer.from(body, 'latin1'), { node: '', arrivedUs: 0, trustSenderClock: true });
      if (!reading.ok) throw new Error(`a recorded event cannot be read: ${reading.reason}`);
      stored = isWorthStoring(reading.event);
      const channel = headerOf(reading.event.headers, 'Unique-ID');
      if (channel !== '') channels.add(channel);
      text = body.replace(/"Event-Sequence":"\d+"/, `"Event-Sequence":"${'0'.repeat(SEQUENCE_DIGITS)}"`);
    }
    const head = bytes.toString('latin1', 0, border).replace(/Content-Length: \d+/, `Content-Length: ${text.length}`);
    const frame = Buffer.from(head + text, 'latin1');
    frames.push({ kind, afterMs: atMs - startMs, bytes: frame, places: placesIn(head + text, core, values), stored });
  }
  return {
    frames,
    calls: channels.size / 2,
    durationMs: frames.at(-1)?.afterMs ?? 0,
    values: [...values.keys()].map((value) => Buffer.from(value, 'latin1')),
    startUs: startMs * 1000,
  };
}

function placesIn(text: string, core: string, values: Map<string, number>): Place[] {
  const places: Place[] = [];
  for (const { 0: word, index: at } of text.matchAll(WORDS)) {
    if (text.startsWith('"Event-Sequence":"', at - 18)) places.push({ at, kind: 'sequence', of: 0 });
    else if (word === core) places.push({ at, kind: 'core', of: 0 });
    else if (/^179\d{13}$/.test(word)) places.push({ at, kind: 'micros', of: Number(word) });
    else if (/^179\d{7}$/.test(word)) places.push({ at, kind: 'seconds', of: Number(word) * 1e6 });
    else if (/^\d{4}-\d\d-\d\d /.test(word)) places.push({ at, kind: 'local', of: Date.parse(`${word}Z`) * 1000 });
    else if (word.endsWith(' GMT')) places.push({ at, kind: 'gmt', of: Date.parse(word) * 1000 });
    else if (!ALIKE.has(word) && text.slice(at - 16, at) !== 'Content-Length: ') {
      const which = values.get(word) ?? values.size;
      values.set(word, which);
      places.push({ at, kind: 'value', of: which });
    }
  }
  return places;
}

/** Fresh values for one more copy: a digit for a digit, a hex digit for a hex digit, a letter for a letter. */
export function newValues({ values }: Template): readonly Buffer[] {
  return values.map((value) => {
    const text = value.toString('latin1');
    const kept = KEPT_PREFIX.exec(text)?.[0].length ?? 0;
    const isHex = /^[0-9a-f-]+$/.test(text) && /[a-f]/.test(text);
    const fresh = Buffer.from(value);
    for (let i = kept; i < fresh.length; i++) fresh[i] = freshByte(fresh[i]!, isHex, i === 0);
    return fresh;
  });
}

const DIGITS = '0123456789';
const pick = (from: string): number => from.charCodeAt(Math.floor(Math.random() * from.length));

function freshByte(byte: number, isHex: boolean, isFirst: boolean): number {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  if (isHex) return byte === 0x2d ? byte : pick('0123456789abcdef');
  // A number does not begin with 0 unless it did, and one that did goes on doing so.
  if (isDigit) return isFirst ? byte : pick(DIGITS);
  if (byte >= 0x41 && byte <= 0x5a) return pick('ABCDEFGHJKLMNPQRSTUVWXYZ');
  return byte >= 0x61 && byte <= 0x7a ? pick('abcdefghjkmnpqrstuvwxyz') : byte;
}

export interface Copy {
  readonly values: readonly Buffer[];
  readonly core: Buffer;
  /** To be added to recorded times. */
  readonly laterUs: number;
}

/** Writes one frame of a copy into `target`; returns where it ends. */
export function writeFrame(
  frame: FrameTemplate,
  { values, core, laterUs }: Copy,
  sequence: () => number,
  target: Buffer,
  start: number,
): number {
  frame.bytes.copy(target, start);
  for (const { at, kind, of } of frame.places) {
    const to = start + at;
    if (kind === 'value') values[of]!.copy(target, to);
    else if (kind === 'core') core.copy(target, to);
    else if (kind === 'sequence') writeDigits(target, to, SEQUENCE_DIGITS, sequence());
    else if (kind === 'micros') writeDigits(target, to, 16, of + laterUs);
    else if (kind === 'seconds') writeDigits(target, to, 10, Math.floor((of + laterUs) / 1e6));
    else target.write(kind === 'gmt' ? gmtText(of + laterUs) : localText(of + laterUs), to, 'latin1');
  }
  return start + frame.bytes.length;
}

function writeDigits(target: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    target[i] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
}

const texts = new Map<number, { readonly local: string; readonly gmt: string }>();

function textsOf(us: number): { readonly local: string; readonly gmt: string } {
  const second = Math.floor(us / 1e6);
  let found = texts.get(second);
  if (found === undefined) {
    if (texts.size > 10_000) texts.clear();
    const date = new Date(second * 1000);
    found = { local: date.toISOString().slice(0, 19).replace('T', ' '), gmt: date.toUTCString() };
    texts.set(second, found);
  }
  return found;
}

const localText = (us: number): string => textsOf(us).local;
const gmtText = (us: number): string => textsOf(us).gmt;
