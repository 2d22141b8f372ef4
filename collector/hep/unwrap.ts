import { PROTOCOL } from '../../core/model/capture-event.ts';

const BRACE = 0x7b;
/** Enough to see the first member's name. */
const HEAD = 64;

/**
 * Takes a payload out of the JSON in which OpenSIPS sends it with `homer5_on=0`, keeping protocol type 1 or 100:
 * `{"payload": "INVITE sip:…"}` becomes the SIP message, and an xlog line `{"Event": "INFO", "text": "…"}` becomes
 * "INFO:…", which is how the same OpenSIPS writes it by default. Everything else is returned as it came, in
 * particular JSON that a script logged on purpose (Kamailio's hlog).
 */
export function unwrapPayload(protocol: number, payload: Buffer): Buffer {
  if (payload[0] !== BRACE) return payload;
  const head = payload.toString('latin1', 0, HEAD);
  if (protocol === PROTOCOL.sip && /^\{\s*"payload"\s*:/.test(head)) {
    const members = parseObject(payload);
    return typeof members?.payload === 'string' ? bytesOf(members.payload) : payload;
  }
  if (protocol === PROTOCOL.log && /^\{\s*"Event"\s*:/.test(head)) {
    const members = parseObject(payload);
    if (typeof members?.Event !== 'string' || typeof members.text !== 'string') return payload;
    return Object.keys(members).length === 2 ? bytesOf(`${members.Event}:${members.text}`) : payload;
  }
  return payload;
}

/**
 * The JSON is read as Latin-1, one character a byte: OpenSIPS escapes control characters, quotes and backslashes but
 * passes bytes above 0x7f through, and a SIP message need not be valid UTF-8.
 */
function parseObject(payload: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('latin1'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Not JSON after all: the caller keeps the payload as it came.
    return undefined;
  }
}

/** A character above 0xff can only come from a \u escape; then the text is what it says and not bytes. */
function bytesOf(text: string): Buffer {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0xff) return Buffer.from(text, 'utf8');
  }
  return Buffer.from(text, 'latin1');
}
