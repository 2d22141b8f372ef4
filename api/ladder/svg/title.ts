import { duration } from '../../../core/ladder/span.ts';
import { attemptsText, finalText, HUNG_UP_WORDS, OUTCOME_WORDS } from '../../../core/ladder/words.ts';
import type { CallSummary, Ladder, Party } from '../../schemas.ts';
import type { Frame } from './frame.ts';
import { flow, label, type Piece } from './label.ts';
import type { DrawnRow } from './steps.ts';
import { el } from './xml.ts';

/** `shown` steps are in the picture. Who called whom, how it ended, how long it took and when it began. */
export function titleRow(call: CallSummary, ladder: Ladder, shown: number, frame: Frame): DrawnRow {
  const { left, right } = frame;
  const facts = [
    ...flow(outcomeParts(call), right - left, 12),
    ...flow(factParts(call, ladder, shown), right - left, 12),
  ];
  return {
    height: 24 + 17 * facts.length + 8,
    xml: el(
      'g',
      { class: 'headline' },
      label(headlinePieces(call), { x: left, y: 17, anchor: 'start', left, right, size: 16, on: 'p' }),
      facts.map((pieces, i) => label(pieces, { x: left, y: 36 + 17 * i, anchor: 'start', left, right, on: 'p' })),
    ),
  };
}

/** "Anna Example +4930123 → +4940998" */
export function headlineOf({ method, from, to }: CallSummary): string {
  const what = method === 'INVITE' || method === '' ? '' : `${method} `;
  return `${what}${partyText(from)} → ${partyText(to)}`;
}

const headlinePieces = ({ method, from, to }: CallSummary): Piece[] => [
  { text: method === 'INVITE' ? '' : method },
  ...fromTo(from, to),
];

/** Names stand alone, as one that is written from right to left would draw the number beside it to its side. */
export const fromTo = (from: Party, to: Party): Piece[] => [...partyPieces(from), { text: '→' }, ...partyPieces(to)];

function partyPieces({ name, number }: Party): Piece[] {
  if (name === '' && number === '') return [{ text: 'unknown' }];
  return [{ text: name === number ? '' : name }, { text: number }];
}

function partyText({ name, number }: Party): string {
  if (name === '' || name === number) return number === '' ? 'unknown' : number;
  return `${name} ${number}`.trim();
}

/** The outcome in words: "answered · 200 · NORMAL_CLEARING · talked 34 s". */
export const outcomeText = (call: CallSummary): string =>
  outcomeParts(call)
    .map(({ text }) => text)
    .filter((part) => part !== '')
    .join(' · ');

function outcomeParts(call: CallSummary): Piece[] {
  const { word, sign } = OUTCOME_WORDS[call.outcome];
  const good = call.outcome === 'answered' || call.outcome === 'in_progress';
  const failed = ['busy', 'rejected', 'failed', 'interrupted'].includes(call.outcome);
  return [
    { text: `${sign} ${word}`, bold: true, class: good ? 'good' : failed ? 'bad' : 'warn' },
    { text: finalText(call.finalStatus, call.hangupCause) },
    { text: attemptsText(call.outcome, call.attempts.failed) },
    { text: call.talkMs === null ? '' : `talked ${duration(call.talkMs * 1000)}` },
    { text: length(call) },
    { text: call.hungUpBy === null ? '' : HUNG_UP_WORDS[call.hungUpBy] },
  ];
}

function length({ startedAt, endedAt }: CallSummary): string {
  if (startedAt === null || endedAt === null) return '';
  return `lasted ${duration((Date.parse(endedAt) - Date.parse(startedAt)) * 1000)}`;
}

function factParts(call: CallSummary, { lanes, steps }: Ladder, shown: number): Piece[] {
  const counted = (n: number, one: string): string => (n === 0 ? '' : `${n} ${one}${n === 1 ? '' : 's'}`);
  const of = (kind: string): number => steps.filter((step) => step.kind === kind).length;
  return [
    { text: call.startedAt === null ? '' : `${call.startedAt.slice(0, 23).replace('T', ' ')} UTC` },
    { text: counted(lanes.length, 'host') },
    { text: counted(of('message'), 'message') },
    { text: counted(of('event'), 'event') },
    { text: counted(of('log'), 'log line') },
    { text: shown === steps.length ? '' : `${shown} of ${steps.length} steps drawn` },
    { text: call.tenant === null ? '' : `tenant ${call.tenant}` },
  ].map((part) => ({ ...part, class: 'm' }));
}
