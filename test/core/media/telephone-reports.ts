/**
 * Quality reports as telephones send them, each with the peculiarities of its kind. Shapes seen in public issue threads and
 * manuals: Yealink T41P and RingCentral (sipcapture/homer #194, ringcentral/ringcentral-web-phone #181), Snom 821 (test data of
 * negbie/heplify-xrcollector), AudioCodes MP-5xx (its manual), Polycom (test data of an open collector), linphone; numbers,
 * names and addresses are made up.
 */
export interface Told {
  readonly callId: string;
  /** "host" and port of RTP. */
  readonly local: { readonly ip: string; readonly port: number };
  readonly remote: { readonly ip: string; readonly port: number };
  readonly lossPercent?: number;
  readonly latePercent?: number;
  readonly jitterMs?: number;
  readonly roundTripMs?: number;
  readonly mos?: number;
  readonly r?: number;
}

type Telephone = (told: Told) => string;
const crlf = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;
const START = '2026-11-20T08:00:00Z';
const STOP = '2026-11-20T08:00:40Z';

export const yealink: Telephone = ({
  callId,
  local,
  remote,
  lossPercent = 0,
  latePercent = 0,
  jitterMs = 1,
  ...more
}) =>
  crlf(
    'VQSessionReport: CallTerm',
    `CallID:${callId}`,
    'LocalID:"Anna Example" <sip:5551001@site.example>',
    'RemoteID:<sip:5552002@site.example>',
    'OrigID:"Anna Example" <sip:5551001@site.example>',
    `LocalAddr:IP=${local.ip} PORT=${local.port} SSRC=0x24271b8b`,
    `RemoteAddr:IP=${remote.ip} PORT=${remote.port} SSRC=0x00000000`,
    'LocalMetrics:',
    `Timestamps:START=${START} STOP=${STOP}`,
    'SessionDesc:PT=0 PPS=50 PLC=3 SSUP=off',
    'JitterBuffer:JBA=2 JBR=15 JBN=40 JBM=40 JBX=240',
    `PacketLoss:NLR=${lossPercent.toFixed(1)} JDR=${latePercent.toFixed(1)}`,
    'BurstGapLoss:BLD=0.0 BD=0 GLD=0.0 GD=65535 GMIN=16',
    `Delay:RTD=${more.roundTripMs ?? 0} ESD=97 SOWD=48 IAJ=${jitterMs} MAJ=0`,
    'Signal:SL=127 NL=-84 RERL=127',
    `QualityEst:RCQ=${more.r ?? 92} EXTRI=127 MOSLQ=${more.mos ?? 4.1} MOSCQ=${more.mos ?? 4.1}`,
    `DialogID:${callId};to-tag=744749146;from-tag=3683631093-416121`,
  );

/** No space between two fields, a report of the SIP side among the metrics, both directions. */
export const snom: Telephone = ({ callId, local, remote, lossPercent = 0, latePercent = 0, jitterMs = 4 }) =>
  crlf(
    'VQSessionReport: CallTerm',
    `CallID:${callId}`,
    'LocalID:<sip:5551001@site.example>',
    'RemoteID:<sip:5552002@site.example;user=phone>',
    'OrigID:<sip:5551001@site.example>',
    `LocalAddr:IP=${local.ip} PORT=${local.port} SSRC=0x014EA261`,
    'LocalMAC:0004135310DB',
    `RemoteAddr:IP=${remote.ip} PORT=${remote.port} SSRC=0x1F634EA2`,
    `DialogID:${callId};to-tag=gqj87t0stF;from-tag=2ygtpy7bgk`,
    'x-UserAgent:snom821/873_19_20130321',
    'LocalMetrics:',
    `Timestamps:START=${START} STOP=${STOP}`,
    'SessionDesc:PT=8 PD=PCMA SR=8000 PPS=50 SSUP=off',
    'x-SIPmetrics:SVA=RG SRD=392 SFC=0',
    'JitterBuffer:JBA=3 JBR=2 JBN=20 JBM=20JBX=240',
    'PacketLoss:NLR=0.0 JDR=0.0',
    'BurstGapLoss:BLD=0.0 BD=0 GLD=0.0 GD=5930 GMIN=16',
    'Delay:RTD=0 ESD=0 IAJ=4',
    'RemoteMetrics:',
    'JitterBuffer:JBA=0 JBR=0 JBN=0 JBM=0JBX=0',
    `PacketLoss:NLR=${lossPercent.toFixed(1)} JDR=${latePercent.toFixed(1)}`,
    'BurstGapLoss:BLD=0.0 BD=0 GLD=0.0 GD=4677 GMIN=16',
    `Delay:RTD=0 ESD=0 IAJ=${jitterMs}`,
  );

/** Of a draft of the RFC: who it is about stands among the metrics, sources in decimal. Its MOS-CQ has its own buffer in it. */
export const polycom: Telephone = ({ callId, local, remote, lossPercent = 0, mos = 3.8 }) =>
  [
    'VQSessionReport',
    'LocalMetrics:',
    `TimeStamps:START=${START} STOP=${STOP}`,
    'SessionDesc:PT=9 PPS=50 SSUP=off',
    `CallID:${callId}`,
    'ToID:"Bert Example" <sip:5552002@site.example>',
    'FromID:"Anna Example" <sip:5551001@site.example>',
    `LocalAddr:IP=${local.ip} PORT=${local.port} SSRC=3825483318`,
    `RemoteAddr:IP=${remote.ip} PORT=${remote.port} SSRC=2017446972`,
    'JitterBuffer:JBA=3 JBR=5 JBN=220 JBM=230 JBX=160',
    `PacketLoss:NLR=${lossPercent.toFixed(1)} JDR=0.0`,
    'BurstGapLoss:BLD=0.0 BD=0 GLD=0.0 GD=65535 GMIN=16',
    'Delay:RTD=3 ESD=239 OWD=240 IAJ=0',
    'Signal:RERL=127',
    `QualityEst:RLQ=94 RCQ=82 MOSLQ=${mos} MOSCQ=3.4`,
    `DialogID:${callId};to-tag=1C1C51EC;from-tag=DCC76934`,
  ].join('\n');

/** "=" behind the Call-ID, a field on a line of its own, names in mixed case. */
export const audioCodes: Telephone = ({ callId, local, remote, lossPercent = 0, latePercent = 0, mos = 4.1 }) =>
  crlf(
    'VQSessionReport',
    `CallID=${callId}`,
    'LocalID: <sip:5551001@192.0.2.9>',
    'RemoteID: <sip:5552002@192.0.2.31;user=phone>',
    `LocalAddr: IP=${local.ip} Port=${local.port} SSRC=0x54c62a13`,
    `RemoteAddr: IP=${remote.ip} Port=${remote.port} SSRC=0x243220dd`,
    'LocalGroup:',
    'LocalMAC: 00:90:8f:57:d9:71',
    'LocalMetrics:',
    `Timestamps: START=${START} STOP=${STOP}`,
    'SessionDesc: PT=8 PD=PCMA SR=8000 FD=20 PLC=3 SSUP=Off',
    'JitterBuffer: JBA=3 JBR=0 JBN=7 JBM=10 JBX=300',
    `PacketLoss: NLR=${lossPercent.toFixed(2)} JDR=${latePercent.toFixed(2)}`,
    'BurstGapLoss: BLD=0.00 BD=0 GLD=0.00 GD=6325 GMIN=16',
    'Delay: RTD=0 ESD=11',
    'Signal: SL=-34 NL=-67 RERL=17',
    `QualityEst: RLQ=93 MOSLQ=${mos}`,
    `MOSCQ=${mos.toFixed(2)}`,
  );

/** A browser's: the port behind the host, and zeros for all that it does not know. */
export const ringCentral: Telephone = ({ callId, local, remote }) =>
  crlf(
    'VQSessionReport: CallTerm',
    `CallID: ${callId}`,
    'LocalID: <sip:5551001@site.example>;tag=bg4ab9ibod',
    `LocalAddr: IP=${local.ip}:${local.port} SSRC=0x00000000`,
    `RemoteAddr: IP=${remote.ip}:${remote.port} SSRC=0x00000000`,
    'LocalMetrics:',
    'Timestamps: START=0 STOP=0',
    'SessionDesc: PT=0 PD=opus SR=0 FD=0 FPP=0 PPS=0 PLC=0 SSUP=on',
    'JitterBuffer: JBA=0 JBR=0 JBN=45.50 JBM=33 JBX=0',
    'PacketLoss: NLR=0 JDR=1.00',
    'Delay: RTD=0 ESD=0 SOWD=0 IAJ=0',
    'QualityEst: MOSLQ=0 MOSCQ=0.0',
    `DialogID: ${callId};to-tag=;from-tag=bg4ab9ibod`,
  );

export const TELEPHONES = { yealink, snom, polycom, audioCodes, ringCentral };

/** The PUBLISH that brings a report to its collector. */
export const publish = (body: string, callId: string, from = 'site.example', cseq = 1): string =>
  crlf(
    `PUBLISH sip:collector@${from} SIP/2.0`,
    `Via: SIP/2.0/UDP 10.1.9.9:5060;branch=z9hG4bK${cseq}${callId.replace(/\W/g, '')}`,
    `From: "Anna Example" <sip:5551001@${from}>;tag=553342434`,
    `To: <sip:collector@${from}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} PUBLISH`,
    'Content-Type: application/vq-rtcpxr',
    'Max-Forwards: 70',
    'User-Agent: Yealink SIP-T41P 36.80.0.95',
    'Event: vq-rtcpxr',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
  ) + body;
