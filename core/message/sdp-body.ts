/** Where an SDP stands inside a text. */
export interface BodyRange {
  readonly start: number;
  readonly end: number;
}

/** A multipart in a multipart in a … is read this deep, so that nesting cannot cost time. */
const MAX_DEPTH = 4;

/**
 * Finds the SDP in a body of type `contentType`: the body itself for application/sdp (or when it begins like one and no
 * type is said), else the first application/sdp part of a multipart body (RFC 2046 §5.1, RFC 5621), also of a multipart
 * within. undefined when there is none. A part without a boundary behind it lasts until the end.
 */
export const findSdpIn = (body: string, contentType: string): BodyRange | undefined => findIn(body, contentType, 0);

function findIn(body: string, type: string, depth: number): BodyRange | undefined {
  const whole = { start: 0, end: body.length };
  const media = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (media === 'application/sdp') return body.length > 0 ? whole : undefined;
  if (media === '') return body.startsWith('v=0') ? whole : undefined;
  const boundary = media.startsWith('multipart/') ? boundaryOf(type) : '';
  if (boundary === '' || depth >= MAX_DEPTH) return undefined;
  const mark = `--${boundary}`;
  let at = delimiter(body, mark, 0);
  while (at < body.length) {
    const from = at + mark.length;
    const next = delimiter(body, mark, from);
    const found = findInPart(body, from, next, depth);
    if (found !== undefined) return found;
    at = next;
  }
  return undefined;
}

/** The next boundary at the start of a line, or the end. */
function delimiter(body: string, mark: string, from: number): number {
  let at = body.indexOf(mark, from);
  while (at > 0 && body[at - 1] !== '\n') at = body.indexOf(mark, at + mark.length);
  return at < 0 ? body.length : at;
}

/** One part, from behind its boundary to the next one: rest of the line, headers, an empty line, content, a line end. */
function findInPart(body: string, from: number, to: number, depth: number): BodyRange | undefined {
  const part = body.slice(from, to);
  let at = part.indexOf('\n') + 1;
  if (at === 0) return undefined;
  let type = '';
  for (;;) {
    const feed = part.indexOf('\n', at);
    if (feed < 0) return undefined;
    const line = part.slice(at, feed).trim();
    at = feed + 1;
    if (line === '') break;
    const colon = line.indexOf(':');
    if (line.slice(0, Math.max(colon, 0)).trim().toLowerCase() === 'content-type') type = line.slice(colon + 1).trim();
  }
  const content = part.slice(at, to < body.length ? lineStart(part, at) : part.length);
  const found = findIn(content, type, depth + 1);
  return found === undefined ? undefined : { start: from + at + found.start, end: from + at + found.end };
}

/** The end of a part without the line end that belongs to the boundary behind it. */
function lineStart(part: string, at: number): number {
  if (part.length <= at || part[part.length - 1] !== '\n') return part.length;
  return part.length - (part.length - at > 1 && part[part.length - 2] === '\r' ? 2 : 1);
}

/** The boundary parameter, quoted or not; "" without one. */
function boundaryOf(type: string): string {
  const at = type.toLowerCase().indexOf('boundary=');
  if (at < 0) return '';
  const value = type.slice(at + 'boundary='.length).trim();
  if (value.startsWith('"')) return value.slice(1).split('"', 1)[0] ?? '';
  return (value.split(';', 1)[0] ?? '').trim();
}
