import { type LadderStep, methodOf } from './step.ts';
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
    if (status >= 200 && status < 300) return { kind: 'answer', text: 'is answered' };
    return isRefusal(step) ? { kind: 'end', text: `is refused: ${title}` } : undefined;
  }
  if (method === 'REFER') return { kind: 'transfer', text: `asks for a transfer ${detail}`.trimEnd() };
  if (method === 'CANCEL') return { kind: 'end', text: 'is cancelled' };
  return method === 'BYE' ? { kind: 'end', text: 'ends with BYE' } : undefined;
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
      return { kind: 'answer', text: 'is answered' };
    case 'CHANNEL_BRIDGE':
      return { kind: 'bridge', text: `is connected with ${detail}` };
    case 'CHANNEL_UNBRIDGE':
      return { kind: 'bridge', text: `is no longer connected with ${detail}` };
    case 'CHANNEL_HOLD':
    case 'Hold':
      return { kind: 'hold', text: 'puts the other side on hold' };
    case 'CHANNEL_UNHOLD':
    case 'Unhold':
      return { kind: 'hold', text: 'resumes' };
    case 'CHANNEL_PARK':
      return { kind: 'hold', text: 'is parked' };
    case 'CHANNEL_UNPARK':
    case 'UnParkedCall':
      return { kind: 'hold', text: 'is no longer parked' };
    case 'ParkedCall':
      return { kind: 'hold', text: `is parked ${detail}`.trimEnd() };
    case 'CHANNEL_HANGUP':
    case 'Hangup':
      return { kind: 'end', text: `ends: ${detail}` };
    case 'BridgeEnter':
      return { kind: 'bridge', text: `${detail} enters a bridge` };
    case 'BridgeLeave':
      return { kind: 'bridge', text: `${detail} leaves the bridge` };
    case 'BlindTransfer':
      return { kind: 'transfer', text: `is transferred ${detail}`.trimEnd() };
    case 'AttendedTransfer':
      return { kind: 'transfer', text: `is transferred after a consultation ${detail}`.trimEnd() };
    case 'ConfbridgeJoin':
      return { kind: 'room', text: `joins conference ${detail}` };
    case 'ConfbridgeLeave':
      return { kind: 'room', text: `leaves conference ${detail}` };
    case 'QueueCallerJoin':
      return { kind: 'queue', text: `waits in queue ${detail}` };
    case 'QueueCallerAbandon':
      return { kind: 'queue', text: `gives up waiting in queue ${detail}` };
    case 'QueueCallerLeave':
      return { kind: 'queue', text: `leaves queue ${detail}` };
    case 'AgentCalled':
      return { kind: 'queue', text: `is offered to agent ${detail}` };
    case 'AgentConnect':
      return { kind: 'queue', text: `is taken by agent ${detail}` };
    case 'AgentRingNoAnswer':
      return { kind: 'queue', text: `is not taken by agent ${detail}` };
    case 'AgentComplete':
      return { kind: 'queue', text: `is done with agent ${detail}` };
    default:
      return undefined;
  }
}

/** mod_conference: header Action. */
function roomEvent(action: string, room: string): Told | undefined {
  switch (action) {
    case 'add-member':
      return { kind: 'room', text: `joins conference ${room}` };
    case 'del-member':
      return { kind: 'room', text: `leaves conference ${room}` };
    case 'kick-member':
      return { kind: 'room', text: `is removed from conference ${room}` };
    default:
      return undefined;
  }
}

/** mod_callcenter: header CC-Action; `where` is queue and agent. */
function queueEvent(action: string, where: string): Told | undefined {
  switch (action) {
    case 'member-queue-start':
      return { kind: 'queue', text: `waits in queue ${where}` };
    case 'agent-offering':
      return { kind: 'queue', text: `is offered to an agent: ${where}` };
    case 'bridge-agent-start':
      return { kind: 'queue', text: `is connected with the agent: ${where}` };
    case 'bridge-agent-end':
      return { kind: 'queue', text: `is done with the agent: ${where}` };
    case 'bridge-agent-fail':
      return { kind: 'queue', text: `did not reach the agent: ${where}` };
    case 'member-queue-end':
      return { kind: 'queue', text: `leaves queue ${where}` };
    default:
      return undefined;
  }
}

/** mod_fifo: header FIFO-Action. */
function fifoEvent(action: string, queue: string): Told | undefined {
  switch (action) {
    case 'push':
      return { kind: 'queue', text: `waits in queue ${queue}` };
    case 'pre-dial':
      return { kind: 'queue', text: `has an agent of queue ${queue} called` };
    case 'caller_pop':
      return { kind: 'queue', text: `is taken out of queue ${queue}` };
    case 'bridge-caller-start':
      return { kind: 'queue', text: `is connected with an agent of queue ${queue}` };
    case 'bridge-caller-stop':
      return { kind: 'queue', text: `is done with the agent of queue ${queue}` };
    case 'abort':
      return { kind: 'queue', text: `gives up waiting in queue ${queue}` };
    default:
      return undefined;
  }
}
