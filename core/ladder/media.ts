import type { LadderLane } from './step.ts';

/** What the listening end of a stream reported: by RTCP, RTCP-XR, or a telephone's own report. null is not known. */
export interface Heard {
  readonly packetsLost: number | null;
  /** Of all packets, in percent. */
  readonly lossPercent: number | null;
  /** The worst interval between two reports, in percent. */
  readonly maxLossPercent: number | null;
  /** Came too late for the jitter buffer, in percent. */
  readonly discardPercent: number | null;
  /** The largest, in ms; null too where the clock of the codec is not known. */
  readonly maxJitterMs: number | null;
  /** The longest, as the reporter itself says. */
  readonly roundTripMs: number | null;
  /** 0 to 100, and mean opinion score, 1 to 5: the reporter's own or an estimate, which not every codec has figures for. */
  readonly rFactor: number | null;
  readonly mos: number | null;
  readonly mosReported: boolean;
}

/** RTP between two addresses, from the answer that agreed on it to what ended it. Times are epoch µs. */
export interface MediaSession {
  readonly id: string;
  readonly callId: string;
  /** Lane ids and "address:port" of the two ends; the first is the one that offered. */
  readonly a: string;
  readonly b: string;
  readonly aAddress: string;
  readonly bAddress: string;
  /** "audio PCMU"; "audio" where the answer chose nothing that has a name. */
  readonly codec: string;
  /** As the answer has it from the view of `a`: "both ways", "on hold", … */
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  readonly sinceUs: number;
  readonly untilUs: number;
  /** Ids of the steps with which it begins and ends; null for one that is not over. */
  readonly sinceStep: string;
  readonly untilStep: string | null;
  readonly reports: number;
  /** What `b` heard from `a`, and `a` from `b`; null where that one did not report. */
  readonly heardByA: Heard | null;
  readonly heardByB: Heard | null;
}

/** A session on the ladder: lanes counted from the left, steps by their place in the whole ladder. */
export interface MediaBand extends MediaSession {
  readonly left: number;
  readonly span: number;
  /** The place of its first step, and of the first step behind it. */
  readonly from: number;
  readonly until: number;
  /** Whether `a` is the left end. */
  readonly aLeft: boolean;
}

/** Sessions whose two ends have lanes that are shown. */
export function bandsOf(
  sessions: readonly MediaSession[],
  lanes: readonly LadderLane[],
  places: ReadonlyMap<string, number>,
): readonly MediaBand[] {
  const columns = new Map(lanes.map((lane, index) => [lane.id, index]));
  return sessions.flatMap((session) => {
    const [a, b] = [columns.get(session.a), columns.get(session.b)];
    if (a === undefined || b === undefined) return [];
    return [
      {
        ...session,
        left: Math.min(a, b),
        span: Math.abs(a - b),
        aLeft: a <= b,
        from: places.get(session.sinceStep) ?? 0,
        until: session.untilStep === null ? Number.POSITIVE_INFINITY : (places.get(session.untilStep) ?? 0),
      },
    ];
  });
}

const NONE: readonly MediaBand[] = [];

/**
 * For each place, oldest first, the bands that pass through it. Places between two changes share one list, so that a list
 * of thousands costs no more than its changes.
 */
export function bandsThrough(
  bands: readonly MediaBand[],
  places: readonly number[],
): readonly (readonly MediaBand[])[] {
  const changes = [...new Set(bands.flatMap(({ from, until }) => [from, until]))].sort((a, b) => a - b);
  let next = 0;
  let now = NONE;
  return places.map((place) => {
    if ((changes[next] ?? Number.POSITIVE_INFINITY) <= place) {
      while ((changes[next] ?? Number.POSITIVE_INFINITY) <= place) next += 1;
      now = bands.filter(({ from, until }) => from <= place && place < until);
    }
    return now;
  });
}
