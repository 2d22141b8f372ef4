import {
  addressOf,
  attribute,
  draft,
  finish,
  mediaLine,
  type SdpDirection,
  type SdpDraft,
  type SdpMedia,
  words,
} from './sdp-media.ts';

export interface Sdp {
  /** o= (RFC 8866 §5.2): session id and version are numbers of any length, so they stay text. */
  readonly username: string;
  readonly sessionId: string;
  readonly version: string;
  readonly originAddress: string;
  /** The session's own c=, "" without one. */
  readonly address: string;
  readonly direction: SdpDirection;
  readonly media: readonly SdpMedia[];
}

/**
 * Reads an SDP body (RFC 8866). Tolerant: lines of any order and line end, unknown and broken lines are skipped, so the
 * answer of something that is no SDP has no media and no origin. Never throws; time is linear.
 */
export function readSdpText(text: string): Sdp {
  const session = draft();
  const all: SdpDraft[] = [];
  let origin: readonly string[] = [];
  let current = session;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line[1] !== '=') continue;
    const value = line.slice(2).trim();
    if (line[0] === 'm') {
      current = mediaLine(value);
      all.push(current);
    } else if (line[0] === 'c') current.address ||= addressOf(words(value));
    else if (line[0] === 'o' && origin.length === 0) origin = words(value);
    else if (line[0] === 'a') attribute(current, value);
  }
  const [username = '', sessionId = '', version = ''] = origin;
  return {
    username,
    sessionId,
    version,
    originAddress: addressOf(origin.slice(3)),
    address: session.address,
    direction: session.direction || 'sendrecv',
    media: all.map((media) => finish(media, session)),
  };
}
