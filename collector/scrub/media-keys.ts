import { matched, type Secret } from './secret.ts';

/** Keys in SDP: SDES (RFC 4568), MIKEY (RFC 4567), `k=` (RFC 4566 §5.12), and the password of ICE (RFC 8839 §5.4). */
const PATTERNS = [
  /\binline:[ \t]{0,8}([A-Za-z0-9+/=_-]+)/dgi,
  /\bmikey[ \t]{1,8}([A-Za-z0-9+/=]{8,})/dgi,
  /(?:^|[\r\n])k=(?:clear|base64|prompt|uri):([^\r\n]+)/dgi,
  /\bice-pwd:[ \t]{0,8}([^\s"\\]+)/dgi,
];

export const mediaKeys = (text: string): Secret[] => PATTERNS.flatMap((pattern) => matched(text, pattern, 'media_key'));
