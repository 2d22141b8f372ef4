import { matched, type Secret } from './secret.ts';

/**
 * Digits that somebody pressed: they are PINs and card numbers. In SIP they come in INFO (application/dtmf-relay: Cisco's
 * "Signal=5"; application/dtmf: the digit alone; vnd.nortelnetworks.digits: "d=5") and as KPML (RFC 4730: digits="12").
 * In log lines switches say them in words of their own; the lists name where each comes from.
 */
const PATTERNS = [
  /\bsignal[ \t]{0,8}=[ \t]{0,8}([0-9A-D*#!,]{1,64})/dgi,
  // KPML; FreeSWITCH: "digit=4 ms=200 samples=1600", "SET [digits]=[1234]", set(my_digits=12); Asterisk's CEL: {"digit":"5"}
  /digits?[\w-]{0,40}["'\]]?[ \t]{0,8}[=:][ \t]{0,8}["'[(]?([0-9A-Dw*#]{1,256})(?!\w)/dgi,
  // sofia.c: "IGNORE INFO DTMF(5)", "DTMF-Digit: 5"
  /\bdtmf(?:[-_ ](?:digit|event|signal|key))?["'\]]?[ \t]{0,4}[:=([][ \t]{0,4}["'[(]?([0-9A-D*#]{1,64})(?!\w)/dgi,
  // switch_rtp.c, switch_channel.c: "RTP RECV DTMF 5:1600"
  /\b(?:recv|send|sent|got|received|queue|pass) (?:rtp |info |inband |sip )?dtmf[ \t]{1,4}['"[(]?([0-9A-D*#]{1,64})(?!\w)/dgi,
  // Asterisk's channel.c: "DTMF begin '5' received on PJSIP/…", "DTMF end passthrough '5' on …"
  /\bdtmf [^'"\r\n]{0,40}['"]([0-9A-D*#]{1,64})['"]/dgi,
  // switch_ivr_play_say.c: "Test Regex [1234][^\d+$]"; switch_core_asr/mod_dptools: "Digit match binding [12][…]"
  /\btest regex \[([^\]\r\n]{1,256})\]/dgi,
  /\bbinding \[([0-9A-D*#]{1,64})\]/dgi,
];

const CONTENT_TYPE =
  /(?:^|[\r\n])(?:content-type|c)[ \t]{0,20}:\s{0,20}[\w.+-]{1,40}\/[\w.+-]{0,60}?(?:dtmf|digits)[\w.+-]{0,40}/gi;

export function dtmf(text: string): Secret[] {
  const found = PATTERNS.flatMap((pattern) => matched(text, pattern, 'dtmf'));
  for (const match of text.matchAll(CONTENT_TYPE)) found.push(...ofBody(text, match.index + match[0].length));
  return found;
}

/** The body that belongs to a Content-Type, of a message or of a part of one. */
function ofBody(text: string, after: number): Secret[] {
  const head = /\r?\n\r?\n/g;
  head.lastIndex = after;
  if (head.exec(text) === null) return [];
  const from = head.lastIndex;
  const next = text.indexOf('\n--', from);
  const to = next < 0 ? text.length : next;
  const found: Secret[] = [];
  for (const { index, 0: line } of text.slice(from, to).matchAll(/[^\r\n]+/g)) {
    if (/^\s*duration\s*=/i.test(line)) continue;
    const start = from + index + line.indexOf('=') + 1;
    if (from + index + line.length > start) found.push({ from: start, to: from + index + line.length, kind: 'dtmf' });
  }
  return found;
}
