import { html, nothing, type TemplateResult } from 'lit';
import { type Bar, type PhaseKind, type Story, type StoryLeg, storyOf } from '../../core/ladder/story.ts';
import { barWords, endSign, HUNG_UP_SIGNS, PHASE_WORDS, ticksOf } from '../../core/ladder/story-words.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import { toldLeg } from '../../core/ladder/told-leg.ts';
import { finalText } from '../../core/ladder/words.ts';
import type { Call, Ladder, Leg } from '../api.ts';
import { clock, duration } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { fromTo } from '../parts/party.ts';
import { type StepLinks, stepLink } from '../parts/step-link.ts';
import { vars } from '../parts/vars.ts';
import { texts } from '../texts/language.ts';

const words = texts.call;

type ToldLeg = Leg & StoryLeg;
export interface CallStory extends Story<ToldLeg> {
  /** By id of a leg: its first step on the ladder. */
  readonly firstSteps: ReadonlyMap<string, string>;
}

/** Deeper ones stand no further to the right. */
const MOST_DEPTH = 6;

export function storyOfCall(call: Call, ladder: Ladder | undefined, threads: Threads): CallStory {
  const steps = ladder?.steps ?? [];
  const firstSteps = new Map<string, string>();
  for (const { id, callId, channel } of steps) {
    const leg = (threads.find(callId) ?? threads.find(channel))?.id;
    if (leg !== undefined && !firstSteps.has(leg)) firstSteps.set(leg, id);
  }
  return { ...storyOf(call.legs.map(toldLeg), steps, ladder?.media ?? []), firstSteps };
}

/** The legs as bars on one axis of time. The list is its own text: what is drawn of a leg is said in its sentence. */
export function storyView(story: CallStory, threads: Threads, links: StepLinks): TemplateResult | typeof nothing {
  const { bars, fromUs, untilUs } = story;
  if (bars.length === 0) return nothing;
  const spanUs = Math.max(1, untilUs - fromUs);
  return html`<section class="story" aria-labelledby="story-title">
    <h2 id="story-title">${words.story}</h2>
    ${legend()}
    <div class="story-chart">
      <div class="story-axis" aria-hidden="true">
        ${ticksOf(spanUs).map((us) => html`<span class="tick ${us / spanUs > 0.9 ? 'late' : ''}" ${vars({ at: us / spanUs })}>${us === 0 ? '0' : `+${duration(us)}`}</span>`)}
      </div>
      <p class="story-hint" aria-hidden="true">${words.pointAtALeg}</p>
      <ol>${bars.map((bar) => legView(bar, { story, spanUs, threads, links }))}</ol>
    </div>
  </section>`;
}

interface Within {
  readonly story: CallStory;
  readonly spanUs: number;
  readonly threads: Threads;
  readonly links: StepLinks;
}

function legView(bar: Bar<ToldLeg>, { story, spanUs, threads, links }: Within): TemplateResult {
  const { leg } = bar;
  const thread = threads.find(leg.id);
  const at = (us: number): number => (us - story.fromUs) / spanUs;
  const name = html`${legBadge(thread)} ${fromTo(leg.from, leg.to)}`;
  const first = story.firstSteps.get(leg.id);
  return html`<li class="story-leg ${thread === undefined ? 'thread-none' : `thread-${thread.colour}`}">
    <span class="story-name" ${vars({ depth: Math.min(bar.depth, MOST_DEPTH) })}>${first === undefined ? name : stepLink(first, name, links)}</span>
    <span class="story-track" aria-hidden="true">
      ${bar.phases.map(({ kind, ...phase }) => html`<span class="phase phase-${kind}" ${vars({ from: at(phase.fromUs), until: at(phase.untilUs) })}></span>`)}
      <span class="story-end ${at(bar.untilUs) > 0.5 ? 'before' : ''}" ${vars({ from: at(bar.untilUs) })}>${endSign(bar)}</span>
    </span>
    <p class="story-words">${wordsOf(bar, threads)}</p>
  </li>`;
}

function wordsOf(bar: Bar<ToldLeg>, threads: Threads): string {
  const { leg } = bar;
  const parent = leg.parent === null ? undefined : threads.find(leg.parent);
  const final = finalText(leg.finalStatus, leg.hangupCause);
  const letter = threads.find(leg.id)?.letter ?? '';
  return words.legSaid(letter, barWords(bar, parent?.letter ?? '', clock), final);
}

const PHASES: readonly PhaseKind[] = ['trying', 'ringing', 'talking', 'held'];

function legend(): TemplateResult {
  return html`<p class="story-legend" aria-hidden="true">
    ${PHASES.map((kind) => html`<span><span class="phase phase-${kind}"></span> ${PHASE_WORDS[kind].name}</span>`)}
    ${Object.values(HUNG_UP_SIGNS).map((one) => html`<span>${one.sign} ${one.words}</span>`)}
  </p>`;
}
