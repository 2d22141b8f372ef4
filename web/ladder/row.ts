import { html, nothing, type TemplateResult } from 'lit';
import type { Row, Shape } from '../../core/ladder/layout.ts';
import { isRefusal, LEVELS } from '../../core/ladder/words.ts';
import type { Lane, Step } from '../api.ts';
import { clock, delta } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { vars } from '../parts/vars.ts';

/** The element id of a row: what aria-activedescendant names. */
export const rowId = (index: number): string => `step-${index}`;

export function rowView(
  row: Row<Step>,
  index: number,
  lanes: readonly Lane[],
  active: boolean,
  open: boolean,
): TemplateResult {
  const { step, thread } = row;
  const classes = [
    'row',
    `row-${step.kind}`,
    thread === undefined ? 'thread-none' : `thread-${thread.colour}`,
    active ? 'active' : '',
    open ? 'open' : '',
    step.retransmission ? 'again' : '',
  ];
  return html`<div
    class=${classes.join(' ')}
    id=${rowId(index)}
    role="option"
    data-index=${index}
    aria-selected=${open}
    aria-label=${words(row, lanes)}
  >
    <span class="at">${clock(step.atUs)}</span>
    <span class="delta">${row.deltaUs === undefined ? nothing : delta(row.deltaUs)}</span>
    <span class="leg">${legBadge(thread)}</span>
    <span class="field">${drawing(row.shape, step, lanes)}</span>
  </div>`;
}

function drawing(shape: Shape, step: Step, lanes: readonly Lane[]): TemplateResult {
  switch (shape.kind) {
    case 'arrow':
      return html`<span class="arrow points-${shape.points}" ${vars({ left: shape.left, span: shape.span })}>
        ${label(step)}<span class="line"></span>
      </span>`;
    case 'loop':
      return html`<span class="loop text-${shape.text}" ${vars({ lane: shape.lane })}><span class="turn"></span>${label(step)}</span>`;
    case 'mark':
      return html`<span class="mark text-${shape.text}" ${vars({ lane: shape.lane })}><span class="point"></span>${label(step)}</span>`;
    case 'band':
      return html`<span class="band">
        ${step.kind === 'gap' ? html`<span class="sign">⚠</span>` : nothing}
        <span class="label"><b class="title">${step.title}</b> <span class="detail">${laneWords(step, lanes)}${step.detail}</span></span>
      </span>`;
  }
}

function label(step: Step): TemplateResult {
  return html`<span class="label ${isRefusal(step) ? 'refused' : ''}">
    <span class="title-line">
      ${step.kind === 'log' ? html`<span class="level level-${step.level ?? 0}">${levelName(step)}</span> ` : nothing}<b class="title">${step.title}</b>${step.retransmission ? html` <span class="note">again</span>` : nothing}${step.flaw === '' ? nothing : html` <span class="note flaw">⚠ ${step.flaw}</span>`}
    </span>
    <span class="detail">${step.detail}</span>
  </span>`;
}

const levelName = (step: Step): string => LEVELS[step.level ?? 0] ?? String(step.level);

/** A gap has a lane but is drawn across all: its lane is said in words. */
function laneWords(step: Step, lanes: readonly Lane[]): string {
  const name = lanes.find((lane) => lane.id === step.from)?.name ?? step.from ?? '';
  return name === '' || `${step.title} ${step.detail}`.includes(name) ? '' : `${name} `;
}

/** The row as a screen reader says it. */
function words({ step, thread, deltaUs }: Row<Step>, lanes: readonly Lane[]): string {
  const name = (id: string | null): string => lanes.find((lane) => lane.id === id)?.name ?? id ?? 'unknown';
  const where = step.kind === 'message' ? `from ${name(step.from)} to ${name(step.to)}` : `at ${name(step.from)}`;
  return [
    clock(step.atUs),
    deltaUs === undefined ? '' : delta(deltaUs),
    thread === undefined ? '' : `leg ${thread.letter}`,
    step.kind === 'log' ? `log ${levelName(step)}` : step.kind,
    step.title,
    step.retransmission ? 'retransmission' : '',
    where,
    step.flaw,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
