import { type Filter, passes } from '../../core/ladder/filter.ts';
import { threadsOf } from '../../core/ladder/threads.ts';
import type { Work } from '../../core/runtime/in-turns.ts';
import type { Call } from '../schemas.ts';
import { ladderLines, oneLine } from './text-ladder.ts';
import type { WholeCall } from './whole.ts';

/**
 * A call as plain text for a ticket: the headline, why it went so, the legs, then the ladder. Steps that do not pass the
 * filter are counted.
 */
export function* textOf({ call, ladder, diagnosis }: WholeCall, filter: Filter): Work<string> {
  const { verdicts, missing } = diagnosis;
  const lines: string[] = [];
  const threads = threadsOf(call.legs, ladder.steps);
  const who = ({ number, name }: Call['from']): string => oneLine(name === '' ? number : `${name} <${number}>`);
  lines.push(`Call ${oneLine(call.id)}`);
  lines.push(`${who(call.from)} -> ${who(call.to)}`);
  lines.push(
    `${call.startedAt ?? '?'}  ${call.outcome}${call.finalStatus === null ? '' : ` ${call.finalStatus}`}` +
      `${call.hangupCause === null ? '' : ` ${call.hangupCause}`}${call.hungUpBy === null ? '' : `, ended by ${call.hungUpBy}`}`,
  );
  lines.push('');
  for (const { sentence, cause, side, confidence, next } of verdicts) {
    lines.push(`Why: ${oneLine(sentence)} (${cause}, ${side}, ${Math.round(confidence * 100)} %)`);
    lines.push(`     ${oneLine(next)}`);
  }
  for (const { sentence } of missing) lines.push(`Missing: ${oneLine(sentence)}`);
  if (verdicts.length + missing.length > 0) lines.push('');
  for (const leg of call.legs) {
    const channels = leg.channels.map((channel) => `${channel.node} ${channel.uuid}`).join(', ');
    lines.push(
      `Leg ${threads.find(leg.id)?.letter ?? ''} ${oneLine(leg.callId ?? leg.id)}${channels === '' ? '' : ` = ${oneLine(channels)}`}  ${leg.outcome}`,
    );
  }
  lines.push('');
  const steps = ladder.steps.filter((step) => passes(step, filter));
  const hidden = ladder.steps.length - steps.length;
  const drawn = yield* ladderLines({ ...ladder, steps }, threads);
  for (const line of drawn) lines.push(line);
  if (hidden > 0) lines.push(`… and ${hidden} events of little note and log lines below a warning`);
  if (ladder.truncated) lines.push('… truncated: the call is larger than what one answer holds');
  return `${lines.join('\n')}\n`;
}
