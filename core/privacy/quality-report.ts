import { hideAddresses } from './addresses.ts';
import { hideKey } from './call-key.ts';
import type { Hidden } from './hidden.ts';
import { hidePerson } from './person.ts';
import { hideText } from './text.ts';

/** Those who talked, and who began (RFC 6035 §4.6.1; the last two in its drafts). */
const PARTIES: ReadonlySet<string> = new Set(['localid', 'remoteid', 'origid', 'fromid', 'toid']);
/** Groups and devices: they lead to a person as a name does. */
const NAMES: ReadonlySet<string> = new Set([
  'localgroup',
  'remotegroup',
  'localgroupid',
  'remotegroupid',
  'localmac',
  'remotemac',
]);
/** What was measured, as `NAME=value` after `NAME=value`. */
const FIGURES: ReadonlySet<string> = new Set([
  ...['timestamps', 'sessiondesc', 'jitterbuffer', 'packetloss', 'burstgaploss', 'delay', 'signal', 'qualityest'],
  ...['localaddr', 'remoteaddr', 'x-sipmetrics', 'x-sipterm'],
]);

/** A telephone's report on a call (`application/vq-rtcpxr`) without the numbers and names in it; its figures stay. */
export const hideQualityReport = (report: string, hidden: Hidden): string =>
  report.replace(/^([ \t]*)([\w-]+)([ \t]*[:=][ \t]*)([^\r\n]*)/gm, (_, ...found: string[]) => {
    const [before = '', written = '', colon = '', value = ''] = found;
    return `${before}${written}${colon}${hideField(written.toLowerCase(), value, hidden)}`;
  });

function hideField(name: string, value: string, hidden: Hidden): string {
  const { tokens, vocabulary } = hidden;
  if (PARTIES.has(name)) return hideAddresses(value, hidden);
  if (NAMES.has(name)) return hidePerson(value, tokens);
  if (name === 'callid') return hideKey(value, tokens);
  if (name === 'dialogid') {
    const [callId = '', ...tags] = value.split(';');
    return [hideKey(callId, tokens), ...tags.map((tag) => hideText(tag, hidden))].join(';');
  }
  if (!FIGURES.has(name) || !isMeasured(value)) return hideText(value, hidden);
  return value.replace(/\+?\d{5,}/g, (digits) =>
    vocabulary.tokenOf(digits) === undefined ? digits : tokens.of(digits),
  );
}

/** Ports, sources and counts have ten digits at most; whoever writes something else there has something to tell. */
const isMeasured = (value: string): boolean =>
  value
    .trim()
    .split(/\s+/)
    .every((field) => /^[\w-]+=[\w.:[\]%-]*$/.test(field) && !/\d{11,}/.test(field));
