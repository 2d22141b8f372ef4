import type { Row } from '../../../core/ladder/layout.ts';
import { duration, sinceStart } from '../../../core/ladder/span.ts';
import type { LadderStep } from '../../../core/ladder/step.ts';
import { isRefusal, LEVELS } from '../../../core/ladder/words.ts';
import type { Piece } from './label.ts';
import type { StepContext } from './steps.ts';

/** What is written at a step, the most important first. */
export function piecesOf(step: LadderStep, { sendings, nameOf }: StepContext): Piece[] {
  const sent = sendings.get(step.id);
  const detail: Piece = { text: step.detail, class: 'm' };
  switch (step.kind) {
    case 'message':
      return [
        { text: isRefusal(step) ? '✕' : '', class: 'bad', bold: true },
        { text: step.title, bold: true, ...(isRefusal(step) ? { class: 'bad' } : {}) },
        { text: sent === undefined ? '' : `×${sent.times} in ${duration(sent.overUs)}`, class: 'warn', bold: true },
        { text: step.retransmission ? 'again' : '', class: 'warn', bold: true },
        { text: step.flaw === '' ? '' : `⚠ ${step.flaw}`, class: 'warn' },
        detail,
      ];
    case 'event':
      return [{ text: step.title, bold: true }, detail];
    case 'log': {
      const level = step.level ?? 0;
      const weight = level <= 3 ? 'bad' : level === 4 ? 'warn' : 'm';
      return [{ text: LEVELS[level] ?? String(level), class: weight, bold: true }, { text: step.title }, detail];
    }
    case 'gap': {
      const name = nameOf(step.from);
      // A gap is drawn across all lanes: its own is said in words.
      const said = step.from === null || `${step.title} ${step.detail}`.includes(name);
      return [{ text: `⚠ ${step.title}`, class: 'warn', bold: true }, { text: said ? '' : name }, detail];
    }
  }
}

/** The step in words, whole. */
export function words({ step, thread }: Row, { startUs, sendings, nameOf }: StepContext): string {
  const sent = sendings.get(step.id);
  const where = step.kind === 'message' ? `from ${nameOf(step.from)} to ${nameOf(step.to)}` : `at ${nameOf(step.from)}`;
  return [
    `${sinceStart(step.atUs - startUs)} s`,
    thread === undefined ? '' : `leg ${thread.letter}`,
    step.kind === 'log' ? `log ${LEVELS[step.level ?? 0] ?? step.level}` : step.kind,
    step.title,
    isRefusal(step) ? 'refused' : '',
    sent === undefined ? '' : `sent ${sent.times} times`,
    step.retransmission ? 'retransmission' : '',
    where,
    step.flaw,
    step.detail,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
