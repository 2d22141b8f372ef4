import type { Diagnosis } from '../diagnosis-schemas.ts';
import type { Call, Ladder, Step } from '../schemas.ts';

/** A call as plain text for a ticket: the headline, why it went so, the legs, then one line a step. */
export function textOf(
  call: Call,
  ladder: Ladder,
  { verdicts, missing }: Pick<Diagnosis, 'verdicts' | 'missing'>,
): string {
  const lines: string[] = [];
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
      `Leg ${oneLine(leg.callId ?? leg.id)}${channels === '' ? '' : ` = ${oneLine(channels)}`}  ${leg.outcome}`,
    );
  }
  lines.push('');
  const names = new Map(ladder.lanes.map((lane) => [lane.id, lane.name]));
  for (const step of ladder.steps) lines.push(stepLine(step, names));
  if (ladder.truncated) lines.push('… truncated: the call is larger than what one answer holds');
  return `${lines.join('\n')}\n`;
}

function stepLine(step: Step, names: ReadonlyMap<string, string>): string {
  const time = step.at.slice(11, 26);
  const lane = (id: string | null): string => oneLine(names.get(id ?? '') ?? '');
  const where = step.to === null ? lane(step.from) : `${lane(step.from)} -> ${lane(step.to)}`;
  const again = step.retransmission ? ' (again)' : '';
  return `${time}  ${where.padEnd(40)}  ${oneLine(step.title)}${again}${step.detail === '' ? '' : `  ${oneLine(step.detail)}`}`;
}

/** What senders wrote is data: control characters must not move a terminal's cursor. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
