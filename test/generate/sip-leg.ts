import type { Micros } from '../../core/model/capture-event.ts';
import { callIdNode } from '../../core/model/edge.ts';
import { addCallId, MS, type Scene } from './scene.ts';
import { sdpText, sipText, statusLine } from './sip-text.ts';
import type { Place } from './site.ts';
import type { Proof, TrueCall } from './truth.ts';

export interface SipLegOptions {
  readonly callId: string;
  readonly fromUser: string;
  readonly toUser: string;
  /** The called number as it is written behind the first hop; the same as `toUser` when nobody rewrites it. */
  readonly rewrittenTo?: string;
  readonly domain: string;
  /** From the caller to the callee, proxies between. */
  readonly path: readonly Place[];
  /** Header lines of the INVITE. */
  readonly headers?: readonly string[];
  readonly tells?: Tells;
}

/** What the ends say of themselves, where it is not how they are. */
export interface Tells {
  /** The host in the Contact of an end. */
  readonly contacts?: Readonly<Partial<Record<Side, string>>>;
  /** Changes the SDP of an end. */
  sdp?(text: string, side: Side): string;
}

export type Side = 'caller' | 'callee';

/** A request that was sent, as its responses and a repetition of it need it. */
export interface Sent {
  readonly by: Side;
  readonly method: string;
  readonly cseq: number;
  /** Of the Via of each hop. */
  readonly branches: readonly string[];
  readonly inDialog: boolean;
}

/** What a request may have beside what every one has. The same parts with the same cseq and branches are the same bytes. */
export interface RequestParts {
  readonly inDialog?: boolean;
  readonly cseq?: number;
  readonly branches?: readonly string[];
  /** Header lines. */
  readonly lines?: readonly string[];
  readonly sdp?: string;
}

export interface ResponseParts {
  /** Reason phrase, where it is another one than that of the status. */
  readonly phrase?: string;
  /** Made by a host on the way: over so many hops alone, those nearest to the one who asked. */
  readonly hops?: number;
  readonly lines?: readonly string[];
  readonly sdp?: string;
}

/** One SIP dialog, written message by message and hop by hop. Every hop takes a little time. */
export interface SipLeg {
  readonly callId: string;
  /** "Call-ID;to-tag=…;from-tag=…", as a Replaces header names this dialog. */
  replacesValue(): string;
  invite(): void;
  /** A response to the INVITE before its final one. */
  ring(status?: number): void;
  /** 200 and ACK. */
  answer(options?: { readonly ack?: boolean }): void;
  /** A final error and its ACK, hop by hop. */
  refuse(status: number, parts?: ResponseParts): void;
  cancel(): void;
  bye(by: Side): void;
  /** A re-INVITE with its 200 and ACK. */
  reinvite(by: Side, direction: 'sendrecv' | 'sendonly'): void;
  /** REFER, 202, NOTIFY, 200. */
  refer(by: Side, referTo: string): void;
  /** The INVITE that began it, once it was sent. */
  invited(): Sent;
  /** Any request over all hops; sent again with the same parts it is a retransmission. */
  request(by: Side, method: string, parts?: RequestParts): Sent;
  /** Any response over all hops; sent again it is a retransmission. */
  respond(sent: Sent, status: number, parts?: ResponseParts): void;
  /** What this side offers or answers: audio at its own address. */
  sdp(side: Side, direction?: string): string;
}

const HOP_US = 400;

export function openSipLeg(scene: Scene, call: TrueCall, options: SipLegOptions): SipLeg {
  const { site, random } = scene;
  const { callId, path, domain } = options;
  addCallId(call, callId);
  const fromTag = random.hex(10);
  const toTag = random.hex(10);
  const media = 10_000 + 2 * random.int(0, 9_999);
  const ends = { caller: path[0] as Place, callee: path.at(-1) as Place };
  const cseqs = { caller: random.int(1, 200), callee: random.int(1, 200) };
  let inviteBranches: string[] = [];

  const proofsOf = (lines: readonly string[]): Proof[] =>
    lines.flatMap((line): Proof[] => {
      const cid = /^X-CID: (.*)$/.exec(line)?.[1];
      if (cid !== undefined) return [[callIdNode(callId), `v:${cid}`]];
      const replaced = /^Replaces: ([^;]*)/.exec(line)?.[1] ?? /[?&]Replaces=([^%>]*)/.exec(line)?.[1];
      return replaced === undefined ? [] : [[callIdNode(callId), callIdNode(replaced.replaceAll('%40', '@'))]];
    });

  /** Sends over some of the hops, in the order of `hops`; both ends of each hop see it. */
  const send = (hops: readonly Place[], write: (hop: number) => Buffer, lines: readonly string[] = []): void => {
    const proves = proofsOf(lines);
    for (let hop = 0; hop + 1 < hops.length; hop++) {
      const from = hops[hop] as Place;
      const to = hops[hop + 1] as Place;
      const payload = write(hop);
      const atUs: Micros = scene.now();
      if (from.sensor !== undefined) site.packet({ sensor: from, atUs, from, to, callId, payload, proves });
      scene.wait(HOP_US);
      if (to.sensor !== undefined) {
        site.packet({ sensor: to, atUs: scene.now() - 50, from, to, callId, payload, proves });
      }
    }
  };

  const party = (side: Side, tagged: boolean): string => {
    const user = side === 'caller' ? options.fromUser : options.toUser;
    return `<sip:${user}@${domain}>${tagged ? `;tag=${side === 'caller' ? fromTag : toTag}` : ''}`;
  };
  const via = ({ ip, port }: Place, branch: string): string => `SIP/2.0/UDP ${ip}:${port};branch=z9hG4bK${branch}`;
  const viasAt = (hops: readonly Place[], branches: readonly string[], hop: number): string[] =>
    hops
      .slice(0, hop + 1)
      .map((place, i) => via(place, branches[i] ?? ''))
      .reverse();
  const hopsOf = (by: Side): Place[] => (by === 'caller' ? [...path] : [...path].reverse());
  const other = (side: Side): Side => (side === 'caller' ? 'callee' : 'caller');
  const calleeAt = (hop: number): string => (hop === 0 ? options.toUser : (options.rewrittenTo ?? options.toUser));
  const contactHost = (side: Side): string => options.tells?.contacts?.[side] ?? ends[side].ip;
  const requestUri = (by: Side, hop: number, inDialog: boolean): string => {
    const host = inDialog ? contactHost(other(by)) : ends[other(by)].ip;
    return `sip:${by === 'caller' ? calleeAt(hop) : options.fromUser}@${host}:${ends[other(by)].port}`;
  };

  const request = (by: Side, method: string, parts: RequestParts = {}): Sent => {
    const hops = hopsOf(by);
    const cseq = parts.cseq ?? ++cseqs[by];
    const branches = parts.branches ?? hops.map(() => random.hex(12));
    const inDialog = parts.inDialog ?? true;
    send(
      hops,
      (hop) =>
        sipText({
          start: `${method} ${requestUri(by, hop, inDialog)} SIP/2.0`,
          vias: viasAt(hops, branches, hop),
          from: party(by, true),
          to: party(other(by), inDialog),
          callId,
          cseq: `${cseq} ${method}`,
          contact: `<sip:${by === 'caller' ? options.fromUser : options.toUser}@${contactHost(by)}:${ends[by].port}>`,
          ...(parts.lines === undefined ? {} : { more: parts.lines }),
          ...(parts.sdp === undefined ? {} : { sdp: parts.sdp }),
        }),
      parts.lines,
    );
    return { by, method, cseq, branches, inDialog };
  };

  const respond = (sent: Sent, status: number, { sdp, lines, phrase, hops: count }: ResponseParts = {}): void => {
    const hops = hopsOf(sent.by).slice(0, count === undefined ? undefined : count + 1);
    const last = hops.length - 2;
    send(hops.reverse(), (hop) =>
      sipText({
        start: phrase === undefined ? statusLine(status) : `SIP/2.0 ${status} ${phrase}`,
        vias: viasAt(hopsOf(sent.by), sent.branches, last - hop),
        from: party(sent.by, true),
        to: party(other(sent.by), true),
        callId,
        cseq: `${sent.cseq} ${sent.method}`,
        contact: `<sip:${contactHost(other(sent.by))}>`,
        ...(lines === undefined ? {} : { more: lines }),
        ...(sdp === undefined ? {} : { sdp }),
      }),
    );
  };

  const sdp = (side: Side, direction = 'sendrecv'): string => {
    const text = sdpText(ends[side].ip, media, direction);
    return options.tells?.sdp?.(text, side) ?? text;
  };
  let sentInvite: Sent | undefined;
  const theInvite = (): Sent => {
    if (sentInvite === undefined) throw new Error('no INVITE was sent');
    return sentInvite;
  };
  const ack = (sent: Sent): void => {
    request(sent.by, 'ACK', { cseq: sent.cseq });
  };
  const ackError = (sent: Sent): void => {
    request(sent.by, 'ACK', { cseq: sent.cseq, branches: inviteBranches });
  };

  return {
    callId,
    invited: theInvite,
    request,
    respond,
    sdp,
    replacesValue: () => `${callId};to-tag=${toTag};from-tag=${fromTag}`,
    invite: () => {
      inviteBranches = path.map(() => random.hex(12));
      sentInvite = request('caller', 'INVITE', {
        inDialog: false,
        branches: inviteBranches,
        sdp: sdp('caller'),
        ...(options.headers === undefined ? {} : { lines: options.headers }),
      });
      respond(sentInvite, 100);
    },
    ring: (status = 180) => respond(theInvite(), status, status === 183 ? { sdp: sdp('callee') } : {}),
    answer: (given = {}) => {
      respond(theInvite(), 200, { sdp: sdp('callee') });
      if (given.ack ?? true) ack(theInvite());
    },
    refuse: (status, parts) => {
      respond(theInvite(), status, parts);
      ackError(theInvite());
    },
    cancel: () => {
      const sent = request('caller', 'CANCEL', {
        inDialog: false,
        cseq: theInvite().cseq,
        branches: inviteBranches,
      });
      respond(sent, 200);
      respond(theInvite(), 487);
      ackError(theInvite());
    },
    bye: (by) => respond(request(by, 'BYE'), 200),
    reinvite: (by, direction) => {
      const sent = request(by, 'INVITE', { sdp: sdp(by, direction) });
      respond(sent, 200, { sdp: sdp(other(by), direction === 'sendonly' ? 'recvonly' : 'sendrecv') });
      ack(sent);
    },
    refer: (by, referTo) => {
      respond(request(by, 'REFER', { lines: [`Refer-To: ${referTo}`] }), 202);
      scene.wait(2 * MS);
      respond(request(other(by), 'NOTIFY', { lines: ['Event: refer', 'Subscription-State: active'] }), 200);
    },
  };
}
