import { html, nothing, type TemplateResult } from 'lit';
import type { Row, Shape, Side } from '../../core/ladder/layout.ts';
import type { MediaBand } from '../../core/ladder/media.ts';
import type { Sendings } from '../../core/ladder/repeats.ts';
import { sinceStart } from '../../core/ladder/span.ts';
import { isRefusal, LEVELS } from '../../core/ladder/words.ts';
import type { Lane, Step } from '../api.ts';
import { clock, delta, duration, microsOf } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { type Place, placed } from '../parts/placed.ts';
import { texts } from '../texts/language.ts';
import type { Time } from './wishes.ts';

const words = texts.steps;

/** What every row needs to know of the ladder. */
export interface RowContext {
  readonly lanes: readonly Lane[];
  readonly time: Time;
  readonly startUs: number;
  readonly sendings: ReadonlyMap<string, Sendings>;
  /** Ids of what is unfolded. */
  readonly open: ReadonlySet<string>;
  /** Ids of steps that the diagnosis cites. */
  readonly cited: ReadonlySet<string>;
}

/** What is inside of a step's row. */
export function stepRow(row: Row<Step>, bands: readonly MediaBand[], context: RowContext): TemplateResult {
  const { step, thread } = row;
  const [first, second] = times(row, context);
  const lanes = context.lanes.length;
  return html`<span class="at">${first}</span><span class="delta">${second}</span>${legBadge(thread)}${context.cited.has(step.id) ? CITED : nothing}${witnesses(step)}${bandsView(bands, lanes)}${drawing(row.shape, step, context)}`;
}

/** The line of a lane, as a share of the width of all lanes: it stands in the middle of its column. */
export const laneAt = (lane: number, lanes: number): number => (lane + 0.5) / Math.max(1, lanes);

/** From the line of a lane to the edge that has more room for text. */
export const beside = (lane: number, lanes: number, side: Side): Place =>
  side === 'right'
    ? { start: laneAt(lane, lanes), width: 1 - laneAt(lane, lanes) }
    : { start: 0, width: laneAt(lane, lanes) };

/** From the line of a lane to that of another one. */
const across = (left: number, span: number, lanes: number): Place => ({
  start: laneAt(left, lanes),
  width: span / Math.max(1, lanes),
});

export function stepClasses({ step, thread }: Row<Step>): string {
  const colour = thread === undefined ? 'thread-none' : `thread-${thread.colour}`;
  return `row-${step.kind} ${colour} ${step.retransmission ? 'again' : ''}`;
}

/** Media between its two ends, behind what is drawn. */
export const bandsView = (bands: readonly MediaBand[], lanes: number): readonly TemplateResult[] =>
  bands.map(
    ({ left, span, direction }) =>
      html`<span class="rtp ${direction === 'sendrecv' ? '' : 'rtp-held'}" ${placed(across(left, span, lanes))}></span>`,
  );

/** The row is one option to a screen reader, which says it in `stepWords`. */
const CITED = html`<small class="cited" title=${words.cited}>◆</small>`;

const CORRECTED = html`<small class="corrected" title=${words.corrected}>≈</small>`;

/** It is drawn at a time that none of those who saw it told. */
export const isCorrected = ({ seenBy, atUs }: Pick<Step, 'seenBy' | 'atUs'>): boolean =>
  seenBy.length > 0 && seenBy.every(({ at }) => microsOf(at) !== atUs);

function times({ step, deltaUs }: Row<Step>, { time, startUs }: RowContext): readonly [string, string] {
  const above = deltaUs === undefined ? '' : delta(deltaUs);
  if (time === 'clock') return [clock(step.atUs), above];
  const since = sinceStart(step.atUs - startUs);
  return time === 'start' ? [since, above] : [above, since];
}

function witnesses(step: Step): TemplateResult | typeof nothing {
  const { seenBy, atUs } = step;
  if (seenBy.length < 2 && !isCorrected(step)) return nothing;
  const seen = seenBy.map(({ sensor, at }) => {
    const us = microsOf(at);
    return us === undefined || us === atUs ? sensor : `${sensor} ${delta(us - atUs)}`;
  });
  const dots = html`<small class="witnesses" title=${words.seenBy(seen.join(', '))}>${'●'.repeat(Math.min(3, seenBy.length))}</small>`;
  return isCorrected(step) ? html`${CORRECTED}${dots}` : dots;
}

function drawing(shape: Shape, step: Step, context: RowContext): TemplateResult {
  const lanes = context.lanes.length;
  switch (shape.kind) {
    case 'arrow':
      return html`<span class="arrow points-${shape.points}" ${placed(across(shape.left, shape.span, lanes))}>${label(step, context)}</span>`;
    case 'loop':
    case 'mark':
      return html`<span class="${shape.kind} text-${shape.text}" ${placed(beside(shape.lane, lanes, shape.text))}>${label(step, context)}</span>`;
    case 'band':
      return html`<span class="band">
        ${step.kind === 'gap' ? html`<span class="sign">⚠</span>` : nothing}
        <span class="words"><span class="title">${step.title}</span><span class="detail">${laneWords(step, context.lanes)}${step.detail}</span></span>
      </span>`;
  }
}

function label(step: Step, context: RowContext): TemplateResult {
  return html`<span class="title ${isRefusal(step) ? 'refused' : ''}">${title(step, context)}</span><span class="detail">${step.detail}</span>`;
}

/** What is noted beside the title is kept from characters in it that turn the direction of writing. */
function title(step: Step, { sendings, open }: RowContext): TemplateResult | string {
  const sent = sendings.get(step.id);
  if (step.kind !== 'log' && !step.retransmission && sent === undefined && step.flaw === '') return step.title;
  return html`${step.kind === 'log' ? html`<span class="level level-${step.level ?? 0}">${levelName(step)}</span> ` : nothing}<bdi>${step.title}</bdi>${
    step.retransmission ? html` <span class="note">${words.again}</span>` : nothing
  }${
    sent === undefined
      ? nothing
      : html` <span class="note sent" data-unfold=${step.id}>${open.has(step.id) ? '▾' : '▸'} ${sentText(sent)}</span>`
  }${step.flaw === '' ? nothing : html` <span class="note flaw">⚠ ${step.flaw}</span>`}`;
}

const sentText = ({ times: count, overUs }: Sendings): string => words.sentTimes(count, duration(overUs));

const levelName = (step: Step): string => LEVELS[step.level ?? 0] ?? String(step.level);

/** A gap has a lane but is drawn across all: its lane is said in words. */
function laneWords(step: Step, lanes: readonly Lane[]): string {
  const name = lanes.find((lane) => lane.id === step.from)?.name ?? step.from ?? '';
  return name === '' || `${step.title} ${step.detail}`.includes(name) ? '' : `${name} `;
}

/** The row as a screen reader says it. */
export function stepWords(row: Row<Step>, context: RowContext): string {
  const { step, thread } = row;
  const { lanes, sendings, cited } = context;
  const { said } = words;
  const name = (id: string | null): string => lanes.find((lane) => lane.id === id)?.name ?? id ?? said.unknown;
  const where = step.kind === 'message' ? said.fromTo(name(step.from), name(step.to)) : said.at(name(step.from));
  const sent = sendings.get(step.id);
  return [
    ...times(row, context),
    thread === undefined ? '' : said.leg(thread.letter),
    step.kind === 'log' ? said.log(levelName(step)) : said.kinds[step.kind],
    step.title,
    step.retransmission ? said.retransmission : '',
    sent === undefined ? '' : sentText(sent),
    where,
    isCorrected(step) ? said.corrected : '',
    step.seenBy.length < 2 ? '' : said.seenBySensors(step.seenBy.length),
    cited.has(step.id) ? said.cited : '',
    step.flaw,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
