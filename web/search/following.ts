import { html, nothing, type TemplateResult } from 'lit';
import type { SearchAnswer } from '../api.ts';
import { texts } from '../texts/language.ts';

const words = texts.search;

/** What a followed list would show if nobody were busy with it, and how many calls of it are new. */
export interface Held {
  readonly answer: SearchAnswer;
  readonly fresh: number;
}

export interface FollowingState {
  readonly on: boolean;
  /** What has an end does not go on. */
  readonly possible: boolean;
  readonly problem: string | undefined;
  readonly held: Held | undefined;
  toggled(): void;
  shown(): void;
}

/** The switch of a list that follows what happens, and what it holds back. */
export function following({ on, possible, problem, held, toggled, shown }: FollowingState): TemplateResult {
  return html`<div class="following">
    <button
      type="button"
      class="chip live ${on ? 'on' : ''}"
      aria-pressed=${on ? 'true' : 'false'}
      aria-keyshortcuts="l"
      ?disabled=${!possible}
      @click=${toggled}
    ><span aria-hidden="true">${on ? '●' : '○'}</span> ${words.live}</button>
    <span class="held" role="status">
      ${
        problem !== undefined
          ? html`<span class="state-down">${words.askedAgain(problem)}</span>`
          : held === undefined
            ? nothing
            : html`<button type="button" class="jump" aria-keyshortcuts="n" @click=${shown}>${countOf(held)}</button>
              <span class="muted">${words.whyHeld}</span>`
      }
    </span>
  </div>`;
}

/** "3 new calls"; of an answer that is full there are more. */
function countOf({ answer, fresh }: Held): string {
  const isMore = answer.more && fresh === answer.calls.length;
  return isMore ? words.newCallsAndMore(fresh) : words.newCalls(fresh);
}
