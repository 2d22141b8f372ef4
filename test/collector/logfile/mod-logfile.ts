import { createFrameReader, EslFrame } from '../../../collector/esl/frame.ts';
import { readRecording } from '../../replay/esl-recording.ts';

/** Writes log messages as mod_logfile does, and finds recorded ones to write. */

/** The log/data frames of a recording in test/recordings, in their order. */
export function recordedFrames(name: string): readonly EslFrame[] {
  const base = `${import.meta.dirname}/../../recordings/${name}`;
  const bytes = readRecording(base)
    .filter(({ type }) => type === 'log/data')
    .map((frame) => frame.bytes);
  return createFrameReader().push(Buffer.concat(bytes));
}

export const channelOf = (frame: EslFrame): string => frame.headers.get('user-data') ?? '';

/** With `uuid` off: the text as it is. */
export const writtenRaw = (frames: readonly EslFrame[]): Buffer => Buffer.concat(frames.map(({ body }) => body));

/** With `uuid` on, the default: each line of a message of a channel through a buffer of 2048 bytes. */
export function writtenWithChannels(frames: readonly EslFrame[]): Buffer {
  return Buffer.concat(frames.map((frame) => Buffer.from(oneWritten(channelOf(frame), frame.body), 'latin1')));
}

function oneWritten(channel: string, body: Buffer): string {
  // One character a byte, as C sees it.
  const text = body.toString('latin1');
  if (channel === '') return text;
  return splitLines(text)
    .map((line) => `${channel} ${line}\n`.slice(0, 2047))
    .join('');
}

/** switch_split(text, '\n', lines[100]) of switch_utils.c, with what it does to apostrophes and backslashes. */
function splitLines(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length && found.length < 99; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === "'" && (isQuoted || text.includes("'", at + 1))) isQuoted = !isQuoted;
    else if (text[at] === '\n' && !isQuoted) {
      found.push(text.slice(start, at));
      start = at + 1;
    }
  }
  if (start < text.length) found.push(text.slice(start));
  return found.map(cleaned);
}

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', s: ' ' };

function cleaned(line: string): string {
  let out = '';
  let end = 0;
  let isQuoted = false;
  const text = line.replace(/^ +/, '');
  for (let at = 0; at < text.length; at++) {
    const next = text[at + 1] ?? '';
    if (text[at] === '\\' && (/['"\n\\]/.test(next) || UNESCAPED[next] !== undefined)) {
      out += UNESCAPED[next] ?? next;
      end = out.length;
      at++;
    } else if (text[at] === "'" && (isQuoted || text.includes("'", at + 1))) {
      isQuoted = !isQuoted;
      if (isQuoted) end = out.length;
    } else {
      out += text[at];
      if (text[at] !== ' ' || isQuoted) end = out.length;
    }
  }
  return end > 0 ? out.slice(0, end) : out;
}

/** A frame as the event socket would send it. */
export function frameOf(channel: string, text: string, headers: Record<string, string> = {}): EslFrame {
  const head = Object.entries({ 'User-Data': channel, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return new EslFrame('log/data', head.join('\n'), Buffer.from(text));
}

/** What mod_logfile leaves of a text: enough to see that it is the same one. */
export const essence = (text: string): string => text.replace(/\\[nrts]|[\s'"\\]/g, '');
