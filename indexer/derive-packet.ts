import { HEAD, HEAD_SIZE } from '../core/frame/layout.ts';
import {
  arrivedUsOf,
  correlationSize,
  type OpenFrame,
  packetAt,
  payloadSize,
  sensorSize,
} from '../core/frame/reader.ts';
import { vqIn, vqOf } from '../core/media/vq-in.ts';
import { PROTOCOL } from '../core/model/capture-event.ts';
import { stableId } from '../core/model/id.ts';
import { FLAW } from '../core/sip/flaw.ts';
import { messageOf } from '../core/sip/read.ts';
import { scanSip } from '../core/sip/scan.ts';
import { createSipScan, type SipScan } from '../core/sip/sip-scan.ts';
import { PARTY, SPAN } from '../core/sip/spans.ts';
import { type SipPiece, splitSip } from '../core/sip/split.ts';
import { deriveHepLog } from './derive-hep-log.ts';
import { deriveMessage } from './derive-message.ts';
import { type Derived, NOTHING } from './derived.ts';
import type { DialogOutlines } from './dialog-outlines.ts';
import { carriesReport, edgesFromQualityReport } from './edges/from-quality-report.ts';
import type { LogColumns } from './log-columns.ts';
import type { MessageColumns } from './message-columns.ts';
import { METHOD, methodOf } from './methods.ts';
import type { CorrelationOptions } from './options.ts';
import type { RegisterNotes } from './registrations/register-notes.ts';

/** Where a packet's rows go. */
export interface PacketSinks {
  readonly messages: MessageColumns;
  readonly logs: LogColumns;
  readonly outlines: DialogOutlines;
  readonly registers: RegisterNotes;
  /** What follows beside the row; `arrivedUs` is the packet's. */
  derived(derived: Derived, arrivedUs: number): void;
}

const scan = createSipScan();

/** A packet as a capture agent reported it: SIP, one or several messages; a log line; a media report. */
export function derivePacket(frame: OpenFrame, at: number, options: CorrelationOptions, sinks: PacketSinks): void {
  const protocol = frame.bytes[at + HEAD.protocol]!;
  const start = at + HEAD_SIZE + sensorSize(frame, at) + correlationSize(frame, at);
  const end = start + payloadSize(frame, at);
  if (protocol === PROTOCOL.log) {
    sinks.derived(deriveHepLog(packetAt(frame, at), options, sinks.logs), arrivedUsOf(frame, at));
    return;
  }
  if (protocol !== PROTOCOL.sip) {
    // A telephone's report names its dialog itself, where the agent does not.
    const alone = protocol === PROTOCOL.rtcpXr && correlationSize(frame, at) === 0;
    const about = alone ? vqOf(frame.bytes.subarray(start, end))?.report.callId : undefined;
    sinks.messages.add(frame, at, start, end, undefined, '', '', about);
    return;
  }
  scanSip(frame.bytes, start, end, scan);
  if (isOneMessage(end)) {
    deriveSip(frame, at, start, end, scan.flaw, '', options, sinks);
    return;
  }
  derivePieces(frame, at, start, end, options, sinks);
}

/** Whether the bytes are one message from their first to their last, as nearly all are: what was scanned is all there is. */
const isOneMessage = (end: number): boolean =>
  scan.headersEnded &&
  scan.contentLength >= 0 &&
  scan.bodyEnd === end &&
  (scan.flaws & (FLAW.not_sip | FLAW.fragment | FLAW.empty | FLAW.keepalive)) === 0;

/** More messages than this in one packet are not sent by any switch; the rest is kept as one piece. */
const MAX_PIECES = 200;

type Piece = Omit<SipPiece, 'flaw'> & { readonly flaw: SipPiece['flaw'] | 'too_many_messages' };

function derivePieces(
  frame: OpenFrame,
  at: number,
  start: number,
  end: number,
  options: CorrelationOptions,
  sinks: PacketSinks,
): void {
  const pieces = boundedPieces(splitSip(frame.bytes.subarray(start, end)));
  const id = frame.bytes.toString('hex', at + HEAD.id, at + HEAD.id + 8);
  for (const [index, piece] of pieces.entries()) {
    const alone = pieces.length === 1;
    const [from, until] = alone ? [start, end] : [start + piece.start, start + piece.end];
    scanSip(frame.bytes, from, until, scan);
    deriveSip(frame, at, from, until, piece.flaw || scan.flaw, alone ? '' : stableId(id, index), options, sinks);
  }
  // Nothing but keep-alive line ends, or nothing at all: still a fact of the wire, but not a message.
  if (pieces.length === 0) {
    scanSip(frame.bytes, start, end, scan);
    sinks.messages.add(frame, at, start, end, scan, scan.flaw, '');
  }
}

function boundedPieces(pieces: readonly SipPiece[]): readonly Piece[] {
  const [first, last] = [pieces[MAX_PIECES], pieces.at(-1)];
  if (first === undefined || last === undefined) return pieces;
  return [...pieces.slice(0, MAX_PIECES), { start: first.start, end: last.end, flaw: 'too_many_messages' }];
}

/** @param ownId the id of the row, "" for that of the packet */
function deriveSip(
  frame: OpenFrame,
  at: number,
  start: number,
  end: number,
  flaw: string,
  ownId: string,
  options: CorrelationOptions,
  sinks: PacketSinks,
): void {
  if (tellsMore(frame, at, scan, options)) {
    const packet = packetAt(frame, at);
    const derived = deriveMessage(packet, messageOf(frame.bytes, scan), ownId || packet.id, options);
    sinks.derived(derived, packet.arrivedUs);
  }
  sinks.outlines.add(frame, at, scan);
  sinks.registers.add(frame, at, scan);
  sinks.messages.add(frame, at, start, end, scan, flaw, ownId);
  if (carriesReport(frame.bytes, scan)) fileReport(frame, at, start, end, ownId, options, sinks);
}

/** A telephone's report on a call is a row of that call too, as if an agent had sent it as a report. */
function fileReport(
  frame: OpenFrame,
  at: number,
  start: number,
  end: number,
  ownId: string,
  options: CorrelationOptions,
  sinks: PacketSinks,
): void {
  const message = messageOf(frame.bytes, scan);
  const about = vqIn(message, frame.bytes)?.report.callId ?? '';
  if (about === '') return;
  const packet = packetAt(frame, at);
  const id = ownId || packet.id;
  const asides = edgesFromQualityReport(packet, message, about, id, options);
  if (asides.length > 0) sinks.derived({ ...NOTHING, asides }, packet.arrivedUs);
  sinks.messages.add(frame, at, start, end, undefined, '', stableId(id, 'report'), about);
}

/** A test of the bytes alone, as most messages give nothing beside their row: no edge, and nothing to search for. */
function tellsMore(frame: OpenFrame, at: number, { request, spans }: SipScan, options: CorrelationOptions): boolean {
  if (correlationSize(frame, at) > 0 || options.unmask !== undefined || options.tenants !== undefined) return true;
  if (!request) return false;
  switch (methodOf(frame.bytes, spans[SPAN.method]!, spans[SPAN.method + 1]!)) {
    case METHOD.INVITE:
    case METHOD.REFER:
      return true;
    case METHOD.REGISTER:
    case METHOD.MESSAGE:
    case METHOD.SUBSCRIBE:
    case METHOD.OPTIONS:
      return spans[SPAN.to + PARTY.tag + 1] === 0;
    default:
      return false;
  }
}
