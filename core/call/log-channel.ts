import type { Channel } from './channel.ts';
import type { LogFact } from './read/facts.ts';
import type { Party } from './types.ts';

/**
 * What the log of a FreeSWITCH alone tells of a channel, where its events were not heard. The lines are those that
 * switch_channel.c, sofia.c and mod_dialplan_xml.c write at level INFO and NOTICE; oldest first.
 */
export function summariseLoggedChannel(uuid: string, lines: readonly LogFact[]): Channel | undefined {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const find = (pattern: RegExp): { readonly line: LogFact; readonly match: RegExpExecArray } | undefined => {
    for (const line of lines) {
      const match = pattern.exec(line.text);
      if (match !== null) return { line, match };
    }
    return undefined;
  };
  const ringing = find(/Ring-Ready |Pre-Answer /);
  const answered = find(/ has been answered/);
  const hangup = find(/Hangup \S+ \[CS_\w+\] \[(\w+)\]/);
  const processing = find(/Processing (.*) <(.*?)>->(\S+) in context/);
  const none: Party = { number: '', name: '' };
  return {
    uuid,
    node: first.node,
    coreUuids: [],
    name: (find(/New Channel (\S+) \[/)?.match[1] ?? '').replaceAll('%2B', '+'),
    direction: find(/receiving invite from/) === undefined ? '' : 'inbound',
    from: processing === undefined ? none : { number: processing.match[2] ?? '', name: processing.match[1] ?? '' },
    to: processing === undefined ? none : { number: processing.match[3] ?? '', name: '' },
    startedUs: first.atUs,
    lastUs: last.atUs,
    ...(ringing === undefined ? {} : { ringingUs: ringing.line.atUs }),
    ...(answered === undefined ? {} : { answeredUs: answered.line.atUs }),
    ...(hangup === undefined ? {} : { endedUs: hangup.line.atUs, hangupCause: hangup.match[1] ?? '' }),
    disposition: '',
  };
}
