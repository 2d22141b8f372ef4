import type { Work } from '../../../core/runtime/in-turns.ts';
import type { Xml } from '../../ladder/svg/xml.ts';
import type { Step, StepDetail } from '../../schemas.ts';
import { html } from './html.ts';

export interface EventViews {
  /** How many letters the view of an event has, about; 0 for what is none. */
  lettersOf(stepId: string): number;
  /** Undefined for what is no event. */
  of(stepId: string): Xml | undefined;
}

type Headers = StepDetail['headers'];

/** Steps that are looked at in one turn. */
const SLICE = 100;

/**
 * Events as tables of headers. Most of what an event says its channel has said before: what is the same in the event of the
 * same channel above it is counted and not repeated, so that nothing is missing and a page of hundreds of events stays small.
 */
export function* createEventViews(events: readonly StepDetail[], steps: readonly Step[]): Work<EventViews> {
  const headersOf = new Map(events.map(({ id, headers }) => [id, headers]));
  const partial = new Set(events.filter((event) => event.partial).map(({ id }) => id));
  const last = new Map<string, { readonly at: string; readonly headers: Headers }>();
  const found = new Map<string, { readonly fresh: readonly Pair[]; readonly same: number; readonly above: string }>();
  for (const [place, { id, kind, channel, at }] of steps.entries()) {
    if (place % SLICE === SLICE - 1) yield;
    const headers = kind === 'event' ? headersOf.get(id) : undefined;
    if (headers === undefined) continue;
    const before = last.get(channel ?? '');
    const all = Object.entries(headers).map(([name, value]): Pair => [name, textOf(value)]);
    const known = (name: string): string | undefined =>
      before === undefined || !Object.hasOwn(before.headers, name) ? undefined : textOf(before.headers[name] ?? '');
    const fresh = all.filter(([name, value]) => known(name) !== value);
    found.set(id, { fresh, same: all.length - fresh.length, above: before?.at ?? '' });
    if (!partial.has(id)) last.set(channel ?? '', { at, headers });
  }
  return {
    lettersOf: (id) => (found.get(id)?.fresh ?? []).reduce((sum, [name, value]) => sum + name.length + value.length, 0),
    of(id) {
      const event = found.get(id);
      if (event === undefined) return undefined;
      const { fresh, same, above } = event;
      return html`<table><tbody>${fresh
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`)}</tbody></table>
${same === 0 ? undefined : html`<p class="quiet">${same} more headers are as in the event of this channel at ${above.slice(11, 26)}.</p>`}
${partial.has(id) ? html`<p class="quiet">Only what was new in this event is stored.</p>` : undefined}`;
    },
  };
}

type Pair = readonly [name: string, value: string];

const textOf = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join('\n'));
