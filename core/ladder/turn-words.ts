/**
 * The turns of a call in words: sentences whose subject is a leg, "waits in queue support@default". What is given to them is
 * what the step says: a room, a queue, an agent, whom it is connected with; "" where it says nothing.
 */
export const TURN_WORDS = {
  answered: 'is answered',
  refused: (response: string): string => `is refused: ${response}`,
  cancelled: 'is cancelled',
  endsWithBye: 'ends with BYE',
  ends: (cause: string): string => `ends: ${cause}`,

  asksForTransfer: (to: string): string => `asks for a transfer ${to}`.trimEnd(),
  transferred: (to: string): string => `is transferred ${to}`.trimEnd(),
  transferredAfterConsultation: (to: string): string => `is transferred after a consultation ${to}`.trimEnd(),

  connected: (other: string): string => `is connected with ${other}`,
  disconnected: (other: string): string => `is no longer connected with ${other}`,
  entersBridge: (who: string): string => `${who} enters a bridge`,
  leavesBridge: (who: string): string => `${who} leaves the bridge`,

  holds: 'puts the other side on hold',
  resumes: 'resumes',
  parked: (where: string): string => `is parked ${where}`.trimEnd(),
  noLongerParked: 'is no longer parked',

  joinsConference: (room: string): string => `joins conference ${room}`,
  leavesConference: (room: string): string => `leaves conference ${room}`,
  removedFromConference: (room: string): string => `is removed from conference ${room}`,

  waitsInQueue: (queue: string): string => `waits in queue ${queue}`,
  givesUpWaiting: (queue: string): string => `gives up waiting in queue ${queue}`,
  leavesQueue: (queue: string): string => `leaves queue ${queue}`,
  takenOutOfQueue: (queue: string): string => `is taken out of queue ${queue}`,
  hasAgentCalled: (queue: string): string => `has an agent of queue ${queue} called`,
  connectedWithAgentOf: (queue: string): string => `is connected with an agent of queue ${queue}`,
  doneWithAgentOf: (queue: string): string => `is done with the agent of queue ${queue}`,

  offeredTo: (agent: string): string => `is offered to agent ${agent}`,
  takenBy: (agent: string): string => `is taken by agent ${agent}`,
  notTakenBy: (agent: string): string => `is not taken by agent ${agent}`,
  doneWith: (agent: string): string => `is done with agent ${agent}`,
  /** Queue and agent, as mod_callcenter tells them. */
  offeredToAgent: (where: string): string => `is offered to an agent: ${where}`,
  connectedWithAgent: (where: string): string => `is connected with the agent: ${where}`,
  doneWithAgent: (where: string): string => `is done with the agent: ${where}`,
  didNotReachAgent: (where: string): string => `did not reach the agent: ${where}`,
};
