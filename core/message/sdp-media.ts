export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One payload type of an m= line with what rtpmap and fmtp say of it. */
export interface SdpFormat {
  /** The payload type ("8"), or another word for a protocol that is not RTP. */
  readonly id: string;
  /** "PCMA"; "" without an rtpmap. */
  readonly codec: string;
  /** Hz; 0 without an rtpmap. */
  readonly clockRate: number;
  /** 1 unless said. */
  readonly channels: number;
  readonly fmtp: string;
}

export interface SdpMedia {
  /** "audio", "video", "image", … */
  readonly type: string;
  /** 0: refused. */
  readonly port: number;
  /** "RTP/AVP", "RTP/SAVPF", "udptl", … */
  readonly proto: string;
  /** The media's own connection address, else the session's; "" when neither is there. */
  readonly address: string;
  /** Where RTCP goes: a=rtcp (RFC 3605), else the RTP port when multiplexed (a=rtcp-mux), else the port above it. */
  readonly rtcpPort: number;
  /** a=rtcp with an address of its own, else `address`. */
  readonly rtcpAddress: string;
  readonly formats: readonly SdpFormat[];
  readonly direction: SdpDirection;
  /** Milliseconds; 0 when not said. */
  readonly ptime: number;
  /** a=crypto is there: SDES keys (RFC 4568). The keys themselves are not read. */
  readonly crypto: boolean;
  /** a=fingerprint is there, here or for the session: DTLS (RFC 8122). */
  readonly fingerprint: boolean;
}

/** A media section, or the session, while its lines come in. */
export interface SdpDraft {
  type: string;
  port: number;
  proto: string;
  ids: string[];
  address: string;
  rtcpPort: number;
  rtcpAddress: string;
  rtcpMux: boolean;
  direction: SdpDirection | '';
  ptime: number;
  crypto: boolean;
  fingerprint: boolean;
  readonly rtpmap: Map<string, string>;
  readonly fmtp: Map<string, string>;
}

export function draft(): SdpDraft {
  return {
    type: '',
    port: 0,
    proto: '',
    ids: [],
    address: '',
    rtcpPort: 0,
    rtcpAddress: '',
    rtcpMux: false,
    direction: '',
    ptime: 0,
    crypto: false,
    fingerprint: false,
    rtpmap: new Map(),
    fmtp: new Map(),
  };
}

export function words(value: string): string[] {
  return value.split(/[ \t]+/);
}

/** "IN IP4 192.0.2.1/127" → "192.0.2.1": the rest is the lifetime of a multicast address. */
export function addressOf(parts: readonly string[]): string {
  return (parts[2] ?? '').split('/', 1)[0] ?? '';
}

/** The number at the start of a text, at most `limit`; else 0. */
function numberOf(text: string | undefined, limit: number): number {
  const value = Number.parseInt(text ?? '', 10);
  return value > 0 && value <= limit ? value : 0;
}

export function mediaLine(value: string): SdpDraft {
  const media = draft();
  const [type = '', port = '', proto = '', ...ids] = words(value);
  media.type = type;
  media.port = numberOf(port, 65_535);
  media.proto = proto;
  media.ids = ids;
  return media;
}

export function attribute(target: SdpDraft, text: string): void {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const value = colon < 0 ? '' : text.slice(colon + 1).trim();
  switch (name) {
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      target.direction = name;
      break;
    case 'rtpmap':
      keyed(target.rtpmap, value);
      break;
    case 'fmtp':
      keyed(target.fmtp, value);
      break;
    case 'ptime':
      target.ptime = numberOf(value, 10_000);
      break;
    case 'rtcp': {
      const [port, ...address] = words(value);
      target.rtcpPort = numberOf(port, 65_535);
      target.rtcpAddress = addressOf(address);
      break;
    }
    case 'rtcp-mux':
      target.rtcpMux = true;
      break;
    case 'crypto':
      target.crypto = true;
      break;
    case 'fingerprint':
      target.fingerprint = true;
      break;
  }
}

/** "8 PCMA/8000" → 8: "PCMA/8000". The first one counts. */
function keyed(map: Map<string, string>, value: string): void {
  const space = value.search(/[ \t]/);
  if (space <= 0) return;
  const key = value.slice(0, space);
  if (!map.has(key)) map.set(key, value.slice(space + 1).trim());
}

export function finish(media: SdpDraft, session: SdpDraft): SdpMedia {
  const address = media.address || session.address;
  const above = media.port > 0 && media.port < 65_535 ? media.port + 1 : 0;
  return {
    type: media.type,
    port: media.port,
    proto: media.proto,
    address,
    rtcpPort: media.port === 0 ? 0 : media.rtcpPort || (media.rtcpMux ? media.port : above),
    rtcpAddress: media.rtcpAddress || address,
    formats: media.ids.map((id) => format(id, media)),
    direction: media.direction || session.direction || 'sendrecv',
    ptime: media.ptime || session.ptime,
    crypto: media.crypto,
    fingerprint: media.fingerprint || session.fingerprint,
  };
}

function format(id: string, media: SdpDraft): SdpFormat {
  const [codec = '', rate, channels] = (media.rtpmap.get(id) ?? '').split('/');
  return {
    id,
    codec,
    clockRate: numberOf(rate, 1_000_000),
    channels: numberOf(channels, 255) || 1,
    fmtp: media.fmtp.get(id) ?? '',
  };
}
