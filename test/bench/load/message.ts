import type { LoadDialog } from './dialog.ts';

const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  200: 'OK',
  404: 'Not Found',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  487: 'Request Terminated',
  503: 'Service Unavailable',
};
const CAUSES: Readonly<Record<number, string>> = {
  0: '16;text="NORMAL_CLEARING"',
  404: '1;text="UNALLOCATED_NUMBER"',
  480: '18;text="NO_USER_RESPONSE"',
  486: '17;text="USER_BUSY"',
  487: '487;text="ORIGINATOR_CANCEL"',
  503: '41;text="NORMAL_TEMPORARY_FAILURE"',
};

interface Step {
  readonly method: string;
  readonly code: number;
  readonly cseq: number;
  readonly cseqMethod: string;
  /** From the callee. */
  readonly back: boolean;
  readonly sdp: boolean;
}

const request = (method: string, cseq: number, sdp = false): Step => ({
  method,
  code: 0,
  cseq,
  cseqMethod: method,
  back: false,
  sdp,
});
const response = (code: number, cseq: number, cseqMethod: string, sdp = false): Step => ({
  method: '',
  code,
  cseq,
  cseqMethod,
  back: true,
  sdp,
});

/** What is sent at a step: INVITE, 100, 180, 200, ACK, BYE, 200; of a failed call INVITE, 100, the failure, ACK. */
export function stepOf({ fail }: LoadDialog, step: number): Step {
  if (step === 0) return request('INVITE', 102, true);
  if (step === 1) return response(100, 102, 'INVITE');
  if (step === 2) return response(fail === 0 ? 180 : fail, 102, 'INVITE');
  if (step === 3) return fail === 0 ? response(200, 102, 'INVITE', true) : request('ACK', 102);
  if (step === 4) return request('ACK', 102);
  return step === 5 ? request('BYE', 103) : response(200, 103, 'BYE');
}

const ALLOW = 'INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, REGISTER, REFER, NOTIFY, PUBLISH, SUBSCRIBE';
const ALLOW_EVENTS = 'talk, hold, conference, presence, as-feature-event, dialog, line-seize, call-info, sla, refer';
const MEDIA = `8 0 9 101\r
a=rtpmap:8 PCMA/8000\r
a=rtpmap:0 PCMU/8000\r
a=rtpmap:9 G722/8000\r
a=rtpmap:101 telephone-event/8000\r
a=fmtp:101 0-16\r
a=silenceSupp:off - - - -\r
a=ptime:20\r
a=sendrecv\r
`;

/** The SIP message of a step. */
export function sipOf(dialog: LoadDialog, step: number): string {
  const { from, to, tagA, tagB, srcPort, branch } = dialog;
  const { method, code, cseq, cseqMethod, back, sdp } = stepOf(dialog, step);
  const [src, dst] = [dialog.srcIp.join('.'), dialog.dstIp.join('.')];
  const ownBranch = cseq === 103 || step === 4 ? branch + BigInt(cseq) + BigInt(Math.floor(step / 4)) : branch;
  const wrapped = BigInt.asUintN(64, ownBranch);
  const lines = [
    method === '' ? `SIP/2.0 ${code} ${REASONS[code]}` : `${method} sip:+${to}@${dst}:5060;transport=udp SIP/2.0`,
    `Via: SIP/2.0/UDP ${src}:${srcPort};rport=${srcPort};branch=z9hG4bK${wrapped.toString(16)}`,
    `Via: SIP/2.0/UDP 192.168.10.2:5060;received=192.168.10.2;branch=z9hG4bKcydzigwkX${(wrapped >> 7n).toString(36)}`,
    `Record-Route: <sip:192.168.10.2;lr;ftag=${tagA};did=3a1.${tagA.slice(0, 4)}>`,
    'Max-Forwards: 69',
    `From: "+${from}" <sip:+${from}@sip.example.net>;tag=${tagA}`,
    `To: <sip:+${to}@sip.example.net>${step >= 2 ? `;tag=${tagB}` : ''}`,
    `Call-ID: ${dialog.callId}`,
    `CSeq: ${cseq} ${cseqMethod}`,
    `Contact: <sip:+${back ? `${to}@${dst}` : `${from}@${src}`}:5060;transport=udp>`,
    back ? 'Server: FreeSWITCH-mod_sofia/1.10.12-release~64bit' : `User-Agent: ${dialog.userAgent}`,
  ];
  if (code !== 100) lines.push(`Allow: ${ALLOW}`, 'Supported: timer, path, replaces, 100rel');
  if (method === 'INVITE' || (code === 200 && cseqMethod === 'INVITE')) {
    lines.push(`Allow-Events: ${ALLOW_EVENTS}`, 'Session-Expires: 1800;refresher=uac');
    lines.push(`P-Asserted-Identity: <sip:+${back ? to : from}@sip.example.net>`);
  }
  if (method === 'BYE' || code >= 400) lines.push(`Reason: Q.850;cause=${CAUSES[code]}`);
  if (dialog.xcid !== '') lines.push(`X-CID: ${dialog.xcid}`);
  if (dialog.node === 2002 || back) lines.push(`X-FS-UUID: ${dialog.uuid}`);
  if (!sdp) return `${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
  const session = branch % 4294967296n;
  const media = back ? dst : src;
  const body = `v=0\r\no=FreeSWITCH ${session} ${session + 1n} IN IP4 ${media}\r\ns=call\r\nc=IN IP4 ${media}\r\nt=0 0\r\nm=audio ${16384n + (branch % 8192n) * 2n} RTP/AVP ${MEDIA}`;
  lines.push('Content-Type: application/sdp', 'Content-Disposition: session', `Content-Length: ${body.length}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
