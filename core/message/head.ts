import { COMPACT } from './header-names.ts';
import { lookUp, splitOutside } from './values.ts';

/** A header as it stands in a message. */
export interface MessageHeader {
  /** As it is written: "v", "X-Cid"; "" for a line that is no header. */
  readonly written: string;
  /** In lower case, that of a compact form in full: "via". */
  readonly name: string;
  /** On one line (RFC 3261 §7.3.1). */
  readonly value: string;
}

/** A SIP message taken apart for reading. */
export interface MessageText {
  /** Request-Line or Status-Line. */
  readonly start: string;
  readonly headers: readonly MessageHeader[];
  readonly body: string;
  /** Content-Type as it came, "" without. */
  readonly contentType: string;
}

const START = /^(?:SIP\/\d\.\d \d{3}\b|\S+ \S.* SIP\/\d\.\d$)/i;

/**
 * Takes a SIP message apart; undefined for what does not begin with a start line: a piece of a message, a report. Never
 * throws; time is linear. Scanning for what a message means is core/sip's; this is what it looks like.
 */
export function readMessageText(text: string): MessageText | undefined {
  const begin = /\S/.exec(text)?.index ?? text.length;
  const end = /\r?\n\r?\n/g;
  end.lastIndex = begin;
  const gap = end.exec(text);
  const head = text.slice(begin, gap?.index ?? text.length);
  const body = gap === null ? '' : text.slice(gap.index + gap[0].length);
  const [start = '', ...lines] = linesOf(head);
  if (!START.test(start)) return undefined;
  const headers = lines.map(headerOf);
  return { start, headers, body, contentType: headers.find(({ name }) => name === 'content-type')?.value ?? '' };
}

/** Lines without their ends; one that begins with white space goes on with the one before it. */
function linesOf(head: string): string[] {
  const lines: string[] = [];
  for (const line of head.split(/\r?\n/)) {
    if (lines.length > 1 && /^[ \t]/.test(line)) lines[lines.length - 1] += ` ${line.trim()}`;
    else lines.push(line.trimEnd());
  }
  return lines;
}

function headerOf(line: string): MessageHeader {
  const [, written = '', value = ''] = /^([^:\s]+)\s*:\s*(.*)$/s.exec(line) ?? [];
  if (written === '') return { written: '', name: '', value: line };
  const lower = written.toLowerCase();
  return { written, name: COMPACT.get(lower) ?? lower, value };
}

/** Parts of names that are written otherwise than with one capital letter. */
const WRITTEN: Readonly<Record<string, string>> = {
  ...{ id: 'ID', cseq: 'CSeq', rseq: 'RSeq', rack: 'RAck', www: 'WWW', mime: 'MIME', sip: 'SIP', etag: 'ETag' },
};

/** "via" as "Via", "call-id" as "Call-ID", "x-cid" as "X-Cid". */
export const headerName = (name: string): string =>
  name
    .split('-')
    .map((part) => lookUp(WRITTEN, part) ?? part.charAt(0).toUpperCase() + part.slice(1))
    .join('-');

/** Headers whose values may stand in one line, separated by commas (RFC 3261 §7.3.1 and the RFCs that define them). */
const LISTS: ReadonlySet<string> = new Set([
  ...['via', 'route', 'record-route', 'path', 'service-route', 'contact', 'allow', 'supported', 'require', 'reason'],
  ...['proxy-require', 'unsupported', 'accept', 'accept-encoding', 'accept-language', 'allow-events', 'in-reply-to'],
  ...['p-asserted-identity', 'p-preferred-identity', 'diversion', 'history-info', 'call-info', 'alert-info'],
  ...['error-info', 'warning', 'content-encoding', 'content-language', 'accept-contact', 'reject-contact'],
]);

/** The values of a header, each without white space around it. */
export const valuesOf = ({ name, value }: Pick<MessageHeader, 'name' | 'value'>): readonly string[] =>
  LISTS.has(name) ? splitOutside(value, ',') : [value];

/** Headers that an operator reads first: they are never folded, and neither is a short one. */
const READ_FIRST: ReadonlySet<string> = new Set([
  ...['from', 'to', 'contact', 'call-id', 'cseq', 'max-forwards', 'content-type', 'content-length', 'user-agent'],
  ...['server', 'reason', 'refer-to', 'referred-by', 'replaces', 'diversion', 'p-asserted-identity', 'remote-party-id'],
  ...['expires', 'event', 'subscription-state', 'retry-after', 'session-expires', 'warning', 'subject'],
]);
const LONG = 72;

/** Headers of one name that stand below each other, as they are read. */
export interface HeaderGroup {
  readonly name: string;
  /** As the first of them is written. */
  readonly written: string;
  readonly values: readonly string[];
  /** Long, of several values, or unknown and long: shown as one line until it is unfolded. */
  readonly folds: boolean;
}

export function headerGroups(headers: readonly MessageHeader[]): readonly HeaderGroup[] {
  const groups: { name: string; written: string; values: string[] }[] = [];
  for (const header of headers) {
    const last = groups.at(-1);
    if (last !== undefined && header.name !== '' && last.name === header.name) last.values.push(...valuesOf(header));
    else groups.push({ name: header.name, written: header.written, values: [...valuesOf(header)] });
  }
  return groups.map((group) => ({
    ...group,
    folds: !READ_FIRST.has(group.name) && group.values.join(', ').length > LONG,
  }));
}
