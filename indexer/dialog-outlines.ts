import { endOf } from '../core/call/dialog.ts';
import {
  type DialogMark,
  type DialogOutline,
  emptyOutline,
  noteByeAnswer,
  noteMark,
  noteTime,
} from '../core/call/dialog-outline.ts';
import { HEAD, HEAD_SIZE } from '../core/frame/layout.ts';
import { addressText, atUsOf, type OpenFrame, portsOf, sensorSize } from '../core/frame/reader.ts';
import { FLAW } from '../core/sip/flaw.ts';
import { displayAt, spanText, userAt } from '../core/sip/party.ts';
import type { SipScan } from '../core/sip/sip-scan.ts';
import { PARTY, SPAN } from '../core/sip/spans.ts';
import { decodeText } from '../core/sip/text.ts';
import { type ByteIndex, createByteIndex } from '../core/store/native/byte-index.ts';
import { isCallMethod, METHOD, METHOD_NAMES, methodOf } from './methods.ts';

/** Outlines of the dialogs of a batch: what the linker needs to know of their messages. */
export interface DialogOutlines {
  add(frame: OpenFrame, at: number, scan: SipScan): void;
  /** Call-ID and outline, one a dialog. */
  entries(): { readonly callId: string; readonly outline: DialogOutline }[];
  clear(): void;
}

export function createDialogOutlines(): DialogOutlines {
  const callIds = createByteIndex();
  let outlines: DialogOutline[] = [];
  const sensors = createByteIndex();
  const mark = new ScanMark(sensors);
  return {
    add(frame, at, scan) {
      const { spans } = scan;
      const { bytes } = frame;
      const start = spans[SPAN.callId]!;
      const end = spans[SPAN.callId + 1]!;
      if (start === end || spans[SPAN.cseqMethod] === spans[SPAN.cseqMethod + 1]) return;
      const method = methodOf(bytes, spans[SPAN.cseqMethod]!, spans[SPAN.cseqMethod + 1]!);
      if (!isCallMethod(method)) return;
      const number = callIds.of(bytes, start, end);
      if (number === outlines.length) outlines.push(emptyOutline());
      const outline = outlines[number]!;
      if (outline.named === undefined || tells(scan, method)) {
        mark.look(frame, at, scan, method);
        noteMark(outline, mark);
      } else {
        const atUs = atUsOf(frame, at);
        noteTime(outline, atUs, atUs);
        if (method === METHOD.BYE && scan.status >= 200) noteByeAnswer(outline, scan.status, atUs);
      }
    },
    entries() {
      const offsets = callIds.offsets();
      return outlines.map((outline, i) => ({
        callId: decodeText(callIds.bytes(), offsets[i]!, offsets[i + 1]!),
        outline,
      }));
    },
    clear() {
      callIds.clear();
      sensors.clear();
      mark.sensorNames.length = 0;
      outlines = [];
    },
  };
}

/** Messages beside the one that names the dialog that say how it went: the first request, ringing, a final answer, an end. */
function tells({ request, status, spans }: SipScan, method: number): boolean {
  if (!request) return status >= 180 && method !== METHOD.BYE;
  return method === METHOD.BYE || method === METHOD.CANCEL || spans[SPAN.to + PARTY.tag + 1] === 0;
}

/** The message that was scanned last, read only as far as somebody asks. */
class ScanMark implements DialogMark {
  /** By their numbers in the index of sensors. */
  readonly sensorNames: string[] = [];
  readonly #sensors: ByteIndex;
  #frame!: OpenFrame;
  #at = 0;
  #scan!: SipScan;
  atUs = 0;
  status = 0;
  method = '';
  cseqMethod = '';
  inside = false;

  constructor(sensors: ByteIndex) {
    this.#sensors = sensors;
  }

  /** @param method the number of the method that CSeq names */
  look(frame: OpenFrame, at: number, scan: SipScan, method: number): void {
    this.#frame = frame;
    this.#at = at;
    this.#scan = scan;
    this.status = scan.request ? 0 : scan.status;
    this.atUs = atUsOf(frame, at);
    this.inside = scan.spans[SPAN.to + PARTY.tag + 1] !== 0;
    this.cseqMethod = METHOD_NAMES[method - 1] ?? this.#text(SPAN.cseqMethod);
    // A request whose CSeq names another method is rare, and wrong.
    const same = (scan.flaws & FLAW.cseq_mismatch) === 0;
    this.method = !scan.request ? '' : same ? this.cseqMethod : this.#text(SPAN.method);
  }
  #text(slot: number): string {
    return spanText(this.#frame.bytes, this.#scan.spans, slot);
  }
  get fromUser(): string {
    return userAt(this.#frame.bytes, this.#scan.spans, SPAN.from);
  }
  get fromName(): string {
    return displayAt(this.#frame.bytes, this.#scan.spans, SPAN.from);
  }
  get fromTag(): string {
    return this.#text(SPAN.from + PARTY.tag);
  }
  get toUser(): string {
    return userAt(this.#frame.bytes, this.#scan.spans, SPAN.to);
  }
  get toName(): string {
    return displayAt(this.#frame.bytes, this.#scan.spans, SPAN.to);
  }
  get src(): string {
    return this.#end(HEAD.src, portsOf(this.#frame, this.#at) & 0xffff);
  }
  get dst(): string {
    return this.#end(HEAD.dst, portsOf(this.#frame, this.#at) >>> 16);
  }
  #end(address: number, port: number): string {
    return endOf(addressText(this.#frame.bytes, this.#at + address), port);
  }
  get sensor(): string {
    const start = this.#at + HEAD_SIZE;
    const end = start + sensorSize(this.#frame, this.#at);
    const number = this.#sensors.of(this.#frame.bytes, start, end);
    this.sensorNames[number] ??= this.#frame.bytes.toString('utf8', start, end);
    return this.sensorNames[number];
  }
}
