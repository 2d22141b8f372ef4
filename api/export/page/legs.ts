import type { Threads } from '../../../core/ladder/threads.ts';
import { finalText } from '../../../core/ladder/words.ts';
import type { Xml } from '../../ladder/svg/xml.ts';
import type { Call } from '../../schemas.ts';
import { proof } from './diagnosis.ts';
import { html } from './html.ts';
import { badge, fromTo, outcome, timeOf } from './words.ts';

export function legsSection(call: Call, threads: Threads): Xml {
  return html`<section>
<h2>Legs</h2>
<table>
<thead><tr><th>Leg</th><th>From → to</th><th>Call-ID, channels</th><th>Began</th><th>Answered</th><th>Ended</th><th>Outcome</th></tr></thead>
<tbody>${call.legs.map((leg) => line(leg, threads))}</tbody>
</table>
</section>`;
}

const line = (leg: Call['legs'][number], threads: Threads): Xml => html`<tr>
<td>${badge(threads.find(leg.id))}</td><td>${fromTo(leg)}</td>
<td><code>${leg.callId ?? 'no SIP seen'}</code>${leg.channels.map(({ node, uuid }) => html`<br>${node} <code>${uuid}</code>`)}</td>
<td class="time">${timeOf(leg.startedAt)}</td><td class="time">${timeOf(leg.answeredAt)}</td><td class="time">${timeOf(leg.endedAt)}</td>
<td>${outcome(leg.outcome)} ${finalText(leg.finalStatus, leg.hangupCause)}</td>
</tr>`;

/** Why the legs are one call, and which calls are related and are not it. */
export function whySection({ edges, links }: Call, threads: Threads, onPage: ReadonlySet<string>): Xml | undefined {
  if (edges.length === 0 && links.length === 0) return undefined;
  const end = ({ value }: Call['edges'][number]['a']): Xml => html`${badge(threads.find(value))} <code>${value}</code>`;
  return html`<section>
<h2>Why one call</h2>
<details><summary>${edges.length} reasons</summary><ul>
${edges.map(
  ({ a, b, tier, reason, evidence }) =>
    html`<li>${end(a)} ${tier === 'guess' ? '┄ a guess:' : '–'} ${end(b)} ${reason} ${proof(evidence.id, `Proof at ${timeOf(evidence.at)}`, onPage)}</li>`,
)}
</ul></details>
${links.length === 0 ? undefined : html`<h3>Related calls</h3><ul>${links.map(({ key, reason }) => html`<li><code>${key}</code> ${reason}</li>`)}</ul>`}
</section>`;
}
