import { codecOf } from './codec.ts';
import { readSdpText, type Sdp } from './sdp.ts';
import { attributeWords } from './sdp-attributes.ts';
import type { SdpMedia } from './sdp-media.ts';
import { lookUp } from './values.ts';

/** A line of SDP and what it means, "" where nothing is known of it. */
export interface SdpLine {
  readonly text: string;
  readonly says: string;
}

export interface ExplainedSdp {
  /** Each media stream in one sentence. */
  readonly media: readonly string[];
  readonly lines: readonly SdpLine[];
}

/** SDP (RFC 8866) in words, as the reader that the ladder and the diagnosis use has read it. */
export function explainSdp(text: string): ExplainedSdp {
  const sdp = readSdpText(text);
  let at = -1;
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      if (line.startsWith('m=')) at += 1;
      return { text: line, says: lineWords(line, sdp, sdp.media[at]) };
    });
  return { media: sdp.media.map(mediaWords), lines };
}

function lineWords(line: string, sdp: Sdp, media: SdpMedia | undefined): string {
  const value = line.slice(2).trim();
  switch (line.slice(0, 2)) {
    case 'v=':
      return `version ${value} of SDP`;
    case 'o=':
      return originWords(sdp);
    case 's=':
      return value === '-' || value === '' ? 'the session has no name' : 'name of the session';
    case 'c=':
      return addressWords(value.split(/[ \t]+/)[2] ?? '', media);
    case 'b=':
      return bandwidthWords(value);
    case 't=':
      return value === '0 0' ? 'not bound to a time' : 'when the session begins and ends, in seconds since 1900';
    case 'm=':
      return media === undefined ? '' : mediaWords(media);
    case 'a=':
      return attributeWords(value, media);
    default:
      return lookUp(OTHER, line.slice(0, 2)) ?? '';
  }
}

const OTHER: Readonly<Record<string, string>> = {
  ...{ 'i=': 'information for people', 'u=': 'where more is said', 'e=': 'mail address', 'p=': 'phone number' },
  ...{ 'k=': 'key of the media, an old way; not kept', 'r=': 'repeated times', 'z=': 'time zones' },
};

const originWords = ({ username, sessionId, version, originAddress }: Sdp): string =>
  `made ${username === '-' || username === '' ? '' : `by ${username} `}at ${originAddress}: session ${sessionId}, its version ${version}`;

function addressWords(address: string, media: SdpMedia | undefined): string {
  const whose = media === undefined ? 'all media' : `this ${media.type}`;
  if (/^0\.0\.0\.0(?:\/|$)/.test(address)) return `${whose} goes nowhere: on hold, in the way of RFC 2543`;
  return `${whose} is to be sent to ${address.split('/', 1)[0]}`;
}

function bandwidthWords(value: string): string {
  const [, kind = '', amount = ''] = /^(\w+):(\d+)$/.exec(value) ?? [];
  if (kind === 'AS' || kind === 'CT') return `at most ${amount} kbit/s`;
  if (kind === 'TIAS') return `at most ${amount} bit/s, without headers`;
  return kind === 'RS' || kind === 'RR'
    ? `${amount} bit/s of RTCP ${kind === 'RS' ? 'for senders' : 'for listeners'}`
    : '';
}

/** What a protocol of an m= line is, in upper case as it is registered. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  'RTP/AVP': 'RTP',
  'RTP/AVPF': 'RTP with feedback',
  'RTP/SAVP': 'SRTP',
  'RTP/SAVPF': 'SRTP with feedback',
  'UDP/TLS/RTP/SAVP': 'SRTP with keys by DTLS',
  'UDP/TLS/RTP/SAVPF': 'SRTP with keys by DTLS, with feedback',
  UDPTL: 'fax over UDP (T.38)',
};

export const DIRECTIONS: Readonly<Record<SdpMedia['direction'], string>> = {
  sendrecv: 'sends and receives',
  sendonly: 'sends and does not receive',
  recvonly: 'receives and does not send',
  inactive: 'neither sends nor receives',
};

/** "audio at 192.0.2.7:16384 (RTCP 16385), RTP: PCMA, PCMU, telephone-event; sends and receives". */
export function mediaWords(media: SdpMedia): string {
  const { type, port, proto, direction, crypto, fingerprint, ptime } = media;
  if (port === 0) return `${type} is refused, or ended: its port is 0`;
  const rtcp = media.rtcpPort === port ? ' (RTCP on the same port)' : ` (RTCP ${media.rtcpPort})`;
  const codecs = media.formats.map(formatName).join(', ');
  const keys = [crypto ? 'keys in the SDP (SDES)' : '', fingerprint ? 'keys by DTLS' : ''].filter(
    (part) => part !== '',
  );
  return [
    `${type} at ${hostPort(media.address, port)}${/RTP/i.test(proto) ? rtcp : ''}, ${lookUp(PROTOCOLS, proto.toUpperCase()) ?? proto}${codecs === '' ? '' : `: ${codecs}`}`,
    DIRECTIONS[direction],
    ptime === 0 ? '' : `${ptime} ms a packet`,
    ...keys,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

const hostPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** The codec of a format by its name; the number of one that says nothing of itself. */
const formatName = (format: SdpMedia['formats'][number]): string => codecOf(format).name || `format ${format.id}`;
