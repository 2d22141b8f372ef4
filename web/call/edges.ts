import { html, nothing, type TemplateResult } from 'lit';
import type { Threads } from '../../core/ladder/threads.ts';
import type { Call, CallEdge, Gap, Identifier } from '../api.ts';
import { timeOf } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { warning } from '../parts/notice.ts';
import { type StepLinks, stepLink } from '../parts/step-link.ts';
import { callAddress } from '../route.ts';
import { texts } from '../texts/language.ts';

const words = texts.edges;

/**
 * The reasons for which the legs are one call. `onLadder` holds the ids of the ladder's steps; evidence that is among
 * them can be jumped to.
 */
export function edgesView(
  edges: readonly CallEdge[],
  threads: Threads,
  onLadder: ReadonlySet<string>,
  links: StepLinks,
): TemplateResult | typeof nothing {
  if (edges.length === 0) return nothing;
  return html`<details class="why">
    <summary>${words.whyOneCall} <span class="count">${edges.length}</span></summary>
    <ul>
      ${edges.map(
        (edge) => html`<li class=${edge.tier === 'guess' ? 'guessed' : ''}>
          <p>
            ${identifier(edge.a, threads)} <span aria-hidden="true">${edge.tier === 'guess' ? '┄' : '–'}</span> ${identifier(edge.b, threads)}
            <span class="reason">${edge.reason}</span>
            <span class="tag tier-${edge.tier}">${words.tiers[edge.tier]}</span>
            ${onLadder.has(edge.evidence.id) ? stepLink(edge.evidence.id, words.proofAt(timeOf(edge.evidence.at)), links) : nothing}
          </p>
          <details>
            <summary>${words.evidence}</summary>
            <dl class="facts">
              <div><dt>${words.kinds[edge.a.kind]}</dt><dd><code>${edge.a.value}</code></dd></div>
              <div><dt>${words.kinds[edge.b.kind]}</dt><dd><code>${edge.b.value}</code></dd></div>
              <div><dt>${words.rule}</dt><dd><code>${edge.why}</code> (${edge.kind})</dd></div>
              <div><dt>${words.held}</dt><dd>${timeOf(edge.since)} – ${timeOf(edge.until)}</dd></div>
              <div><dt>${words.proof}</dt><dd>${edge.evidence.table} <code>${edge.evidence.id}</code> ${words.at(timeOf(edge.evidence.at, 6))}</dd></div>
            </dl>
          </details>
        </li>`,
      )}
    </ul>
  </details>`;
}

function identifier(one: Identifier, threads: Threads): TemplateResult {
  const thread = threads.find(one.value);
  return html`<span class="edge-end">${legBadge(thread)} ${words.kinds[one.kind]} <code title=${one.value}>${short(one.value)}</code></span>`;
}

const short = (text: string): string => (text.length <= 18 ? text : `${text.slice(0, 8)}…${text.slice(-8)}`);

export function linksView(links: Call['links']): TemplateResult | typeof nothing {
  if (links.length === 0) return nothing;
  return html`<section aria-labelledby="links-title">
    <h2 id="links-title">${words.relatedCalls} <span class="count">${links.length}</span></h2>
    <ul class="links">
      ${links.map((link) => html`<li><a href=${callAddress(link.key)}><code>${link.key}</code></a> ${link.reason}</li>`)}
    </ul>
  </section>`;
}

const REASONS: Readonly<Record<string, string>> = words.missedBecause;

export function gapsView(gaps: readonly Gap[]): TemplateResult[] {
  return gaps.map((gap) =>
    warning(
      words.missed(gap.stream, gap.node, timeOf(gap.since), timeOf(gap.until), REASONS[gap.reason] ?? gap.reason),
    ),
  );
}
