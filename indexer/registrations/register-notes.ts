import { createHash } from 'node:crypto';
import { HEAD_SIZE } from '../../core/frame/layout.ts';
import { atUsOf, type OpenFrame, sensorSize } from '../../core/frame/reader.ts';
import { spanText } from '../../core/sip/party.ts';
import type { SipScan } from '../../core/sip/sip-scan.ts';
import { PARTY, SPAN } from '../../core/sip/spans.ts';
import { METHOD, methodOf } from '../methods.ts';

/** One REGISTER request or one response to it, as one sensor saw it. */
export interface RegisterNote {
  /** The Call-ID, or what stands for a long one: a device keeps it for all of its registrations (RFC 3261 §10.2). */
  readonly key: string;
  readonly cseq: number;
  /** 0 for the request. */
  readonly status: number;
  readonly atUs: number;
  readonly sensor: string;
  /** Hosts of Request-URI, From and To, by which a site knows whose it is. */
  readonly hosts: readonly string[];
}

/** What the REGISTERs of a batch say; nothing of other messages but a look at the method. */
export interface RegisterNotes {
  add(frame: OpenFrame, at: number, scan: SipScan): void;
  /** In the order of their times, a request before its answer. */
  all(): readonly RegisterNote[];
  clear(): void;
}

/** A Call-ID may be as long as a message; what is remembered of a thousand senders must not. */
const LONGEST_KEY = 120;

export function createRegisterNotes(): RegisterNotes {
  const notes: RegisterNote[] = [];
  return {
    add(frame, at, { request, status, cseq, spans }) {
      const { bytes } = frame;
      const start = spans[SPAN.cseqMethod]!;
      if (methodOf(bytes, start, spans[SPAN.cseqMethod + 1]!) !== METHOD.REGISTER) return;
      const callId = spanText(bytes, spans, SPAN.callId);
      // Without these an answer cannot be told from that to another request.
      if (callId === '' || cseq === 0 || (!request && status < 200)) return;
      notes.push({
        key: callId.length <= LONGEST_KEY ? callId : createHash('sha256').update(callId).digest('base64url'),
        cseq,
        status: request ? 0 : status,
        atUs: atUsOf(frame, at),
        sensor: bytes.toString('utf8', at + HEAD_SIZE, at + HEAD_SIZE + sensorSize(frame, at)),
        hosts: [SPAN.target, SPAN.from, SPAN.to].map((slot) => spanText(bytes, spans, slot + PARTY.host)),
      });
    },
    all: () => notes.sort((a, b) => a.atUs - b.atUs || a.status - b.status),
    clear() {
      notes.length = 0;
    },
  };
}
