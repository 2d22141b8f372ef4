import { codecOf } from './codec.ts';
import type { SdpMedia } from './sdp-media.ts';
import { lookUp } from './values.ts';

/** What an a= line means; "" for one that is not known. `media` is the stream it stands in, if in any. */
export function attributeWords(text: string, media: SdpMedia | undefined): string {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).toLowerCase();
  const value = colon < 0 ? '' : text.slice(colon + 1).trim();
  const known = lookUp(WORDS, name);
  return known === undefined ? '' : typeof known === 'string' ? known : known(value, media);
}

type Words = string | ((value: string, media: SdpMedia | undefined) => string);

/** Attributes by name (IANA, "att-field"), those that telephones and browsers send. */
const WORDS: Readonly<Record<string, Words>> = {
  sendrecv: 'sends and receives',
  sendonly: 'sends and does not receive: the other side is on hold, or media goes one way',
  recvonly: 'receives and does not send',
  inactive: 'neither sends nor receives: on hold',
  rtpmap: rtpmapWords,
  fmtp: fmtpWords,
  ptime: (value) => `${value} ms of sound in a packet`,
  maxptime: (value) => `at most ${value} ms of sound in a packet`,
  rtcp: (value) => `RTCP goes to port ${value}`,
  'rtcp-mux': 'RTCP on the same port as RTP (RFC 5761)',
  'rtcp-mux-only': 'RTCP on the same port as RTP and on no other',
  'rtcp-rsize': 'RTCP packets may be short',
  'rtcp-fb': 'feedback that is understood (RFC 4585)',
  crypto: cryptoWords,
  'key-mgmt': 'keys of SRTP by MIKEY; not kept',
  fingerprint: (value) => `keys by DTLS: hash (${value.split(' ', 1)[0]}) of the certificate to expect`,
  setup: (value) => lookUp(SETUP, value.toLowerCase()) ?? '',
  'ice-ufrag': 'ICE: name of this side in connectivity checks',
  'ice-pwd': 'ICE: password of this side; not kept',
  'ice-options': 'ICE: what is understood',
  'ice-lite': 'ICE: this side only answers checks (lite)',
  candidate: candidateWords,
  'end-of-candidates': 'ICE: there are no more addresses',
  'remote-candidates': 'ICE: the addresses that were agreed on',
  mid: (value) => `this stream is called ${value} in groups`,
  group: groupWords,
  ssrc: 'synchronisation source of the packets to come',
  msid: 'which stream and track of a browser this is',
  extmap: 'header extension of RTP',
  label: 'label for other protocols',
  charset: 'character set of texts',
  tool: 'what made this SDP',
  silencesupp: 'about suppression of silence',
  t38faxversion: (value) => `version ${value} of T.38`,
  t38maxbitrate: (value) => `fax at up to ${value} bit/s`,
  t38faxratemanagement: 'how the rate of the fax is agreed on',
  t38faxudpec: 'how lost packets of the fax are made good',
};

const SETUP: Readonly<Record<string, string>> = {
  active: 'DTLS: this side begins',
  passive: 'DTLS: this side waits for the other to begin',
  actpass: 'DTLS: the other side may choose who begins',
  holdconn: 'DTLS: not yet',
};

function rtpmapWords(value: string): string {
  const [id = '', map = ''] = value.split(/[ \t]+/);
  const [codec = '', rate = '', channels = ''] = map.split('/');
  const hz = Number(rate);
  const clock = Number.isFinite(hz) && hz > 0 ? ` at ${hz / 1000} kHz` : '';
  const what = /^telephone-event$/i.test(codec) ? `digits (${codec})` : codec;
  return `format ${id} is ${what}${clock}${channels === '' || channels === '1' ? '' : `, ${channels} channels`}`;
}

function fmtpWords(value: string, media: SdpMedia | undefined): string {
  const id = value.split(/[ \t]/, 1)[0] ?? '';
  const format = media?.formats.find((one) => one.id === id);
  const name = format === undefined ? '' : codecOf(format).name;
  if (/^telephone-event$/i.test(name))
    return `digits and signals that are understood: ${value.slice(id.length).trim()}`;
  return `parameters of ${name === '' ? `format ${id}` : name}`;
}

function cryptoWords(value: string): string {
  const [tag = '', suite = ''] = value.split(/[ \t]+/);
  return `SRTP by ${suite}, choice ${tag}: the key stands in the SDP (SDES), and is not kept`;
}

const KINDS: Readonly<Record<string, string>> = {
  host: 'an address of its own',
  srflx: 'its address as a STUN server sees it',
  prflx: 'its address as the other side sees it',
  relay: 'an address at a relay (TURN)',
};

/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, "typ" and type. */
function candidateWords(value: string): string {
  const [, component = '', transport = '', , address = '', port = '', , kind = ''] = value.split(/[ \t]+/);
  const what = component === '1' ? 'RTP' : component === '2' ? 'RTCP' : `component ${component}`;
  return `ICE: ${what} may be sent to ${address} port ${port} over ${transport.toUpperCase()}, ${lookUp(KINDS, kind) ?? kind}`;
}

function groupWords(value: string): string {
  const [kind = '', ...names] = value.split(/[ \t]+/);
  if (kind.toUpperCase() === 'BUNDLE') return `${names.join(', ')} share one port`;
  return kind.toUpperCase() === 'LS' ? `${names.join(', ')} are played in step` : '';
}
