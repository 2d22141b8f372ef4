import { createSequenceWatch } from '../../collector/esl/sequence.ts';
import { callFrom, type FoundCall } from '../../core/call/find.ts';
import type { StoredFacts } from '../../core/call/gather.ts';
import type { EventFact, GapFact } from '../../core/call/read/facts.ts';
import { caseOf } from '../../core/diagnosis/case.ts';
import { learnHabits } from '../../core/diagnosis/missing/habits.ts';
import type { Places } from '../../core/diagnosis/missing/leg-chances.ts';
import { type Missing, missingIn } from '../../core/diagnosis/missing/missing.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import { atOnce } from '../../core/runtime/in-turns.ts';

/** A call of a recording with all that is stored of it. */
export interface OpenedCall {
  readonly call: FoundCall;
  readonly facts: Required<StoredFacts>;
}

/** What is kept of a call's rows. */
export interface Kept {
  message?(message: Required<StoredFacts>['messages'][number]): boolean;
  event?(event: EventFact): boolean;
}

/** All calls of a recording as a site of their own: each is held against what the others teach. */
export function createSite(calls: readonly OpenedCall[], nowUs: number) {
  const places = placesOf(calls);
  const cases = calls.map(({ call, facts }) => caseOf(call, facts, nowUs));
  const habits = learnHabits(cases, places);
  const allEvents = calls.flatMap(({ facts }) => facts.events);
  return {
    allEvents,
    /** What is missing of a call of which these rows alone were stored; undefined when nothing of it is left. */
    missing(
      one: OpenedCall,
      { message, event }: Kept = {},
      gaps: readonly GapFact[] = [],
    ): readonly Missing[] | undefined {
      const left = {
        messages: one.facts.messages.filter((row) => message?.(row) ?? true),
        events: one.facts.events.filter((row) => event?.(row) ?? true),
        logs: one.facts.logs,
      };
      const again = callFrom(one.call.component, left, gaps);
      if (again === undefined || left.messages.length + left.events.length === 0) return undefined;
      return atOnce(missingIn(caseOf(again, left, nowUs), { habits, heard: [] }));
    },
  };
}

/** As the table of hosts has it. */
function placesOf(calls: readonly OpenedCall[]): Places {
  const places = new Map<string, Set<string>>();
  for (const { node, headers } of calls.flatMap(({ facts }) => facts.events)) {
    const address = headerOf(headers, 'variable_sip_local_network_addr');
    if (address !== '') places.set(node, (places.get(node) ?? new Set()).add(address));
  }
  return new Map([...places].map(([node, addresses]) => [node, [...addresses]]));
}

/** The gaps that the collector writes of a switch's events when these alone come. */
export function gapsIn(events: readonly EventFact[], node: string): GapFact[] {
  const watch = createSequenceWatch(node);
  const sorted = events.filter((event) => event.node === node).sort((a, b) => a.sequence - b.sequence);
  return sorted.flatMap((event) => {
    const gap = watch({ ...event, arrivedUs: event.atUs }, 0);
    return gap === undefined
      ? []
      : [{ node, stream: gap.stream, sinceUs: gap.fromUs, untilUs: gap.untilUs, reason: gap.reason }];
  });
}
