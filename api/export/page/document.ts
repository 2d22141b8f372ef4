import { threadsOf } from '../../../core/ladder/threads.ts';
import { attemptsText, finalText, HUNG_UP_WORDS } from '../../../core/ladder/words.ts';
import { inTurns } from '../../../core/runtime/in-turns.ts';
import type { Xml } from '../../ladder/svg/xml.ts';
import type { Call, Ladder, StepDetail } from '../../schemas.ts';
import { drawCall } from '../draw.ts';
import type { WholeCall } from '../whole.ts';
import { diagnosisSection } from './diagnosis.ts';
import { html } from './html.ts';
import { legsSection, whySection } from './legs.ts';
import { stepsSection } from './steps.ts';
import { storySection } from './story.ts';
import { PAGE_STYLE, POLICY } from './style.ts';
import { anchorOf, fromTo, outcome, timeOf } from './words.ts';

/** All that is shown of a call; numbers and names in it are hidden already where they have to be. */
export interface ExportedCall extends WholeCall {
  /** The events with all of their headers. */
  readonly events: readonly StepDetail[];
  /** Tokens stand for numbers and names. */
  readonly masked: boolean;
  readonly version: string;
}

/**
 * The call as one HTML document. It runs nothing, asks for nothing and needs nothing but itself: no script, no address of
 * anything outside, styles by their hash. What hides kinds of steps is a style sheet.
 *
 * It comes in pieces, each made in a turn of the event loop of its own: a call of 10,000 steps holds nobody else up.
 */
export async function* pageOf(exported: ExportedCall): AsyncGenerator<string> {
  const { call, ladder, diagnosis } = exported;
  const threads = threadsOf(call.legs, ladder.steps);
  const onPage = new Set(ladder.steps.map(({ id }) => id));
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${titleOf(call)}</title>
<style>${{ xml: PAGE_STYLE }}</style>
</head>
<body>
<main>
${headline(exported)}
${diagnosisSection(diagnosis, call.outcome, threads, onPage)}
${storySection(exported, threads)}
${legsSection(call, threads)}
${whySection(call, threads, onPage)}
`.xml;
  yield ladderSection(await inTurns(drawCall(exported, { theme: 'auto', linkOf: ({ id }) => `#${anchorOf(id)}` }))).xml;
  for await (const { xml } of stepsSection(exported, threads)) yield xml;
  yield `</main>
</body>
</html>
`;
}

const titleOf = ({ from, to, startedAt }: Call): string =>
  `${from.number || from.name || 'unknown'} → ${to.number || to.name || 'unknown'}, ${startedAt ?? ''}`;

function headline({ call, ladder, masked, version }: ExportedCall): Xml {
  const hungUp = call.hungUpBy === null ? '' : HUNG_UP_WORDS[call.hungUpBy];
  const final = finalText(call.finalStatus, call.hangupCause);
  const what = [final, attemptsText(call.outcome, call.attempts.failed), hungUp].filter((part) => part !== '');
  const fact = (name: string, value: string): Xml => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<header>
<h1>${fromTo(call)}</h1>
<p>${outcome(call.outcome)} ${what.join(' · ')}</p>
<dl class="facts">
${fact('Began', call.startedAt ?? '–')}
${fact('Answered', timeOf(call.answeredAt))}
${fact('Ended', timeOf(call.endedAt))}
${call.tenant === null ? undefined : fact('Tenant', call.tenant)}
${fact('Seen by', call.nodes.join(', ') || '–')}
${fact('Identifier', call.id)}
</dl>
<p class="quiet">All times are UTC. ${masked ? 'Tokens (num~…~, name~…~) stand for numbers and names. ' : ''}Written by Calltrail ${version}.</p>
${gapsAndLimits(call, ladder)}
</header>`;
}

function gapsAndLimits(call: Call, ladder: Ladder): readonly Xml[] {
  const gaps = call.gaps.map(
    ({ node, stream, since, until, reason }) =>
      html`<p class="noted">⚠ The ${stream} of ${node} are missing from ${timeOf(since)} to ${timeOf(until)}: ${reason}.</p>`,
  );
  if (!call.truncated && !ladder.truncated) return gaps;
  return [...gaps, html`<p class="noted">⚠ The call is larger than what one answer holds: not all of it is here.</p>`];
}

/** The picture, in which a step leads to all that is known of it. */
const ladderSection = (picture: string): Xml => html`<section>
<h2>Ladder</h2>
<p class="quiet">Events of little note and log lines below a warning are in the list of steps only.</p>
<div class="ladder">${{ xml: picture }}</div>
</section>`;
