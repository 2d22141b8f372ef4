import { type LadderStep, methodOf } from './step.ts';
import { TURN_WORDS } from './turn-words.ts';
import { isRefusal } from './words.ts';

/** A turn of the call's story, as one step shows it. */
export interface Milestone {
  /** Id of the step that shows it; it stands before this step. */
  readonly stepId: string;
  readonly kind: 'answer' | 'bridge' | 'hold' | 'transfer' | 'room' | 'queue' | 'end';
  /** "waits in queue support@default": a sentence whose subject is the step's leg. */
  readonly text: string;
}

type Told = Pick<Milestone, 'kind' | 'text'>;

/**
 * The story that a ladder tells: answers, bridges, holds, transfers, conference rooms, queues and ends. `legOf` says which
 * leg a step is of, by any name that is the same for all steps of it. What several steps show, as an answer that is a
 * message on each hop and an event, is told once a leg, at the first of them.
 */
export function milestonesOf(
  steps: readonly LadderStep[],
  legOf: (step: LadderStep) => string | undefined,
): readonly Milestone[] {
  const told = new Set<string>();
  const answered = new Set<string>();
  const milestones: Milestone[] = [];
  for (const step of steps) {
    const leg = legOf(step) ?? '';
    const turn = step.kind === 'message' ? turnOfMessage(step) : step.kind === 'event' ? turnOfEvent(step) : undefined;
    if (turn === undefined || step.retransmission) continue;
    // A later 200 to a re-INVITE, and a second message of the same end, are no turns.
    if (turn.kind === 'answer' && answered.has(leg)) continue;
    if (turn.kind === 'answer') answered.add(leg);
    const once = turn.kind === 'end' ? `${leg}\0end` : turn.kind === 'transfer' ? `${leg}\0${turn.text}` : undefined;
    if (once !== undefined && told.has(once)) continue;
    if (once !== undefined) told.add(once);
    milestones.push({ stepId: step.id, ...turn });
  }
  return milestones;
}

function turnOfMessage(step: LadderStep): Told | undefined {
  const { status, title, detail } = step;
  const method = methodOf(step);
  if (status !== null) {
    if (method !== 'INVITE') return undefined;
    if (status >= 200 && status < 300) return { kind: 'answer', text: TURN_WORDS.answered };
    return isRefusal(step) ? { kind: 'end', text: TURN_WORDS.refused(title) } : undefined;
  }
  if (method === 'REFER') return { kind: 'transfer', text: TURN_WORDS.asksForTransfer(detail) };
  if (method === 'CANCEL') return { kind: 'end', text: TURN_WORDS.cancelled };
  return method === 'BYE' ? { kind: 'end', text: TURN_WORDS.endsWithBye } : undefined;
}

/** By the event's name; those of a module by its name and the action, which is the first word of their detail. */
function turnOfEvent({ title, detail }: LadderStep): Told | undefined {
  const [action = '', ...rest] = detail.split(' ');
  const where = rest.join(' ');
  return (
    plainEvent(title, detail) ??
    (title === 'conference::maintenance' ? roomEvent(action, where) : undefined) ??
    (title === 'callcenter::info' ? queueEvent(action, where) : undefined) ??
    (title === 'fifo::info' ? fifoEvent(action, where) : undefined)
  );
}

/** Names of FreeSWITCH's events, then of Asterisk's. */
function plainEvent(name: string, detail: string): Told | undefined {
  switch (name) {
    case 'CHANNEL_ANSWER':
      return { kind: 'answer', text: TURN_WORDS.answered };
    case 'CHANNEL_BRIDGE':
      return { kind: 'bridge', text: TURN_WORDS.connected(detail) };
    case 'CHANNEL_UNBRIDGE':
      return { kind: 'bridge', text: TURN_WORDS.disconnected(detail) };
    case 'CHANNEL_HOLD':
    case 'Hold':
      return { kind: 'hold', text: TURN_WORDS.holds };
    case 'CHANNEL_UNHOLD':
    case 'Unhold':
      return { kind: 'hold', text: TURN_WORDS.resumes };
    case 'CHANNEL_PARK':
      return { kind: 'hold', text: TURN_WORDS.parked('') };
    case 'CHANNEL_UNPARK':
    case 'UnParkedCall':
      return { kind: 'hold', text: TURN_WORDS.noLongerParked };
    case 'ParkedCall':
      return { kind: 'hold', text: TURN_WORDS.parked(detail) };
    case 'CHANNEL_HANGUP':
    case 'Hangup':
      return { kind: 'end', text: TURN_WORDS.ends(detail) };
    case 'BridgeEnter':
      return { kind: 'bridge', text: TURN_WORDS.entersBridge(detail) };
    case 'BridgeLeave':
      return { kind: 'bridge', text: TURN_WORDS.leavesBridge(detail) };
    case 'BlindTransfer':
      return { kind: 'transfer', text: TURN_WORDS.transferred(detail) };
    case 'AttendedTransfer':
      return { kind: 'transfer', text: TURN_WORDS.transferredAfterConsultation(detail) };
    case 'ConfbridgeJoin':
      return { kind: 'room', text: TURN_WORDS.joinsConference(detail) };
    case 'ConfbridgeLeave':
      return { kind: 'room', text: TURN_WORDS.leavesConference(detail) };
    case 'QueueCallerJoin':
      return { kind: 'queue', text: TURN_WORDS.waitsInQueue(detail) };
    case 'QueueCallerAbandon':
      return { kind: 'queue', text: TURN_WORDS.givesUpWaiting(detail) };
    case 'QueueCallerLeave':
      return { kind: 'queue', text: TURN_WORDS.leavesQueue(detail) };
    case 'AgentCalled':
      return { kind: 'queue', text: TURN_WORDS.offeredTo(detail) };
    case 'AgentConnect':
      return { kind: 'queue', text: TURN_WORDS.takenBy(detail) };
    case 'AgentRingNoAnswer':
      return { kind: 'queue', text: TURN_WORDS.notTakenBy(detail) };
    case 'AgentComplete':
      return { kind: 'queue', text: TURN_WORDS.doneWith(detail) };
    default:
      return undefined;
  }
}

/** mod_conference: header Action. */
function roomEvent(action: string, room: string): Told | undefined {
  switch (action) {
    case 'add-member':
      return { kind: 'room', text: TURN_WORDS.joinsConference(room) };
    case 'del-member':
      return { kind: 'room', text: TURN_WORDS.leavesConference(room) };
    case 'kick-member':
      return { kind: 'room', text: TURN_WORDS.removedFromConference(room) };
    default:
      return undefined;
  }
}

/** mod_callcenter: header CC-Action; `where` is queue and agent. */
function queueEvent(action: string, where: string): Told | undefined {
  switch (action) {
    case 'member-queue-start':
      return { kind: 'queue', text: TURN_WORDS.waitsInQueue(where) };
    case 'agent-offering':
      return { kind: 'queue', text: TURN_WORDS.offeredToAgent(where) };
    case 'bridge-agent-start':
      return { kind: 'queue', text: TURN_WORDS.connectedWithAgent(where) };
    case 'bridge-agent-end':
      return { kind: 'queue', text: TURN_WORDS.doneWithAgent(where) };
    case 'bridge-agent-fail':
      return { kind: 'queue', text: TURN_WORDS.didNotReachAgent(where) };
    case 'member-queue-end':
      return { kind: 'queue', text: TURN_WORDS.leavesQueue(where) };
    default:
      return undefined;
  }
}

/** mod_fifo: header FIFO-Action. */
function fifoEvent(action: string, queue: string): Told | undefined {
  switch (action) {
    case 'push':
      return { kind: 'queue', text: TURN_WORDS.waitsInQueue(queue) };
    case 'pre-dial':
      return { kind: 'queue', text: TURN_WORDS.hasAgentCalled(queue) };
    case 'caller_pop':
      return { kind: 'queue', text: TURN_WORDS.takenOutOfQueue(queue) };
    case 'bridge-caller-start':
      return { kind: 'queue', text: TURN_WORDS.connectedWithAgentOf(queue) };
    case 'bridge-caller-stop':
      return { kind: 'queue', text: TURN_WORDS.doneWithAgentOf(queue) };
    case 'abort':
      return { kind: 'queue', text: TURN_WORDS.givesUpWaiting(queue) };
    default:
      return undefined;
  }
}
