/** SIP messages as they stand on the wire (RFC 3261 §7). */

export interface SipHead {
  readonly start: string;
  /** Via values, the topmost first. */
  readonly vias: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: string;
  readonly contact?: string;
  readonly more?: readonly string[];
  readonly sdp?: string;
}

export function sipText(head: SipHead): Buffer {
  const body = head.sdp ?? '';
  const lines = [
    head.start,
    ...head.vias.map((via) => `Via: ${via}`),
    `From: ${head.from}`,
    `To: ${head.to}`,
    `Call-ID: ${head.callId}`,
    `CSeq: ${head.cseq}`,
    ...(head.start.startsWith('SIP/2.0') ? [] : ['Max-Forwards: 69']),
    ...(head.contact === undefined ? [] : [`Contact: ${head.contact}`]),
    ...(head.more ?? []),
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ];
  return Buffer.from(lines.join('\r\n'));
}

export function sdpText(ip: string, port: number, direction = 'sendrecv'): string {
  return [
    'v=0',
    `o=- ${port} 1 IN IP4 ${ip}`,
    's=-',
    `c=IN IP4 ${ip}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0 8 101`,
    'a=rtpmap:101 telephone-event/8000',
    `a=${direction}`,
    '',
  ].join('\r\n');
}

const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  401: 'Unauthorized',
  404: 'Not Found',
  407: 'Proxy Authentication Required',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  503: 'Service Unavailable',
  603: 'Decline',
};

export const statusLine = (status: number): string => `SIP/2.0 ${status} ${REASONS[status] ?? 'Whatever'}`;
