import { HEAD, HEAD_SIZE, TRANSPORTS } from '../core/frame/layout.ts';
import { correlationSize, type OpenFrame, portsOf, sensorSize } from '../core/frame/reader.ts';
import { PROTOCOL } from '../core/model/capture-event.ts';
import type { SipScan } from '../core/sip/sip-scan.ts';
import { SPAN } from '../core/sip/spans.ts';
import { decodeText } from '../core/sip/text.ts';
import { type Block, nativeBlock } from '../core/store/native/block.ts';
import { DictionaryColumn, FixedColumn, StringColumn } from '../core/store/native/columns.ts';
import { METHOD_NAMES, methodOf } from './methods.ts';

/** Rows of the table `messages` as columns of bytes: from a frame to a block without a text or an object a packet. */
export interface MessageColumns {
  /**
   * @param start,end the payload of this row in the frame
   * @param scan what was found in it; undefined for what is no SIP
   * @param ownId 16 hex digits, "" for the id of the packet
   * @param report the dialog that it is filed under as a report about media, instead of what its sender or itself says
   */
  add(
    frame: OpenFrame,
    at: number,
    start: number,
    end: number,
    scan: SipScan | undefined,
    flaw: string,
    ownId: string,
    report?: string | undefined,
  ): void;
  rows(): number;
  /** Holds until the next `clear`. */
  block(): Block;
  clear(): void;
}

const TIME = "DateTime64(6, 'UTC')";
const MAX_U32 = 0xffffffff;
const NONE = Buffer.alloc(0);

export function createMessageColumns(): MessageColumns {
  const id = new FixedColumn('id', 'FixedString(8)', 8);
  const atTime = new FixedColumn('at', TIME, 8);
  const arrived = new FixedColumn('arrived', TIME, 8);
  const sensor = new DictionaryColumn('sensor');
  const protocol = new FixedColumn('protocol', 'UInt8', 1);
  const transport = new DictionaryColumn('transport', TRANSPORTS);
  const srcIp = new FixedColumn('src_ip', 'IPv6', 16);
  const srcPort = new FixedColumn('src_port', 'UInt16', 2);
  const dstIp = new FixedColumn('dst_ip', 'IPv6', 16);
  const dstPort = new FixedColumn('dst_port', 'UInt16', 2);
  const callId = new StringColumn('call_id');
  const method = new DictionaryColumn('method', METHOD_NAMES);
  const status = new FixedColumn('status', 'UInt16', 2);
  const cseq = new FixedColumn('cseq', 'UInt32', 4);
  const cseqMethod = new DictionaryColumn('cseq_method', METHOD_NAMES);
  const correlationId = new StringColumn('correlation_id');
  const reason = new DictionaryColumn('reason');
  const payload = new StringColumn('payload');
  const columns = [
    ...[id, atTime, arrived, sensor, protocol, transport, srcIp, srcPort, dstIp, dstPort],
    ...[callId, method, status, cseq, cseqMethod, correlationId, reason, payload],
  ];
  let rows = 0;

  return {
    add(frame, at, start, end, scan, flaw, ownId, report) {
      const { bytes } = frame;
      if (ownId === '') id.copy(bytes, at + HEAD.id);
      else id.copy(Buffer.from(ownId, 'hex'), 0);
      atTime.copy(bytes, at + HEAD.at);
      arrived.copy(bytes, at + HEAD.arrived);
      const sensorEnd = at + HEAD_SIZE + sensorSize(frame, at);
      const correlationEnd = sensorEnd + correlationSize(frame, at);
      sensor.write(bytes, at + HEAD_SIZE, sensorEnd);
      protocol.number(report === undefined ? bytes[at + HEAD.protocol]! : PROTOCOL.rtcpXr);
      transport.common(bytes[at + HEAD.transport]!);
      srcIp.copy(bytes, at + HEAD.src);
      dstIp.copy(bytes, at + HEAD.dst);
      const ports = portsOf(frame, at);
      srcPort.number(ports & 0xffff);
      dstPort.number(ports >>> 16);
      const spans = scan?.spans;
      // Media reports and lines are filed under the Call-ID that their sender gave them.
      if (report !== undefined) callId.text(report);
      else if (spans !== undefined && spans[SPAN.callId] !== spans[SPAN.callId + 1]) {
        writeText(callId, bytes, spans[SPAN.callId]!, spans[SPAN.callId + 1]!);
      } else callId.write(bytes, sensorEnd, correlationEnd);
      if (spans === undefined) method.write(NONE, 0, 0);
      else {
        const slot = scan?.request === true ? SPAN.method : SPAN.cseqMethod;
        writeMethod(method, bytes, spans[slot]!, spans[slot + 1]!);
      }
      status.number(scan?.status ?? 0);
      cseq.number(scan === undefined || scan.cseq > MAX_U32 ? 0 : scan.cseq);
      if (spans === undefined) cseqMethod.write(NONE, 0, 0);
      else writeMethod(cseqMethod, bytes, spans[SPAN.cseqMethod]!, spans[SPAN.cseqMethod + 1]!);
      correlationId.write(bytes, sensorEnd, correlationEnd);
      if (flaw === '') reason.write(NONE, 0, 0);
      else reason.text(flaw);
      payload.write(bytes, start, end);
      rows++;
    },
    rows: () => rows,
    block: () => nativeBlock('messages', columns, rows),
    clear() {
      rows = 0;
      for (const column of columns) column.clear();
    },
  };
}

function writeMethod(column: DictionaryColumn, bytes: Buffer, start: number, end: number): void {
  const known = methodOf(bytes, start, end);
  if (known > 0) column.common(known - 1);
  else writeText(column, bytes, start, end);
}

/** ASCII as it is; what else stands in a name that people ask by is stored as the text that is shown. */
function writeText(column: StringColumn | DictionaryColumn, bytes: Buffer, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    if (bytes[i]! > 0x7e) {
      column.text(decodeText(bytes, start, end));
      return;
    }
  }
  column.write(bytes, start, end);
}
