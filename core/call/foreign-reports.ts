import { PROTOCOL } from '../model/capture-event.ts';
import { callIdNode } from '../model/edge.ts';
import type { Component } from './graph/walk.ts';
import type { MessageFact } from './read/messages.ts';

/**
 * Messages without the reports that telephones of another tenant have filed under a dialog of this call: a report names any
 * Call-ID that it likes.
 */
export function withoutForeign(messages: readonly MessageFact[], { refused }: Component): readonly MessageFact[] {
  if (refused.size === 0) return messages;
  return messages.filter(({ protocol, sip }) => protocol !== PROTOCOL.rtcpXr || !refused.has(callIdNode(sip.callId)));
}
