import { type Bar, type Phase, type StoryLeg, storyOf } from '../../../core/ladder/story.ts';
import { barWords, endSign, PHASE_WORDS } from '../../../core/ladder/story-words.ts';
import type { Threads } from '../../../core/ladder/threads.ts';
import { toldLeg } from '../../../core/ladder/told-leg.ts';
import { el, type Xml } from '../../ladder/svg/xml.ts';
import type { Call } from '../../schemas.ts';
import type { WholeCall } from '../whole.ts';
import { html } from './html.ts';
import { badge, clock, fromTo } from './words.ts';

type ToldLeg = Call['legs'][number] & StoryLeg;

/** Units of the picture of a bar; it is as wide as the page. */
const [WIDTH, HEIGHT] = [1000, 18];

/** The legs as bars on one axis of time, each with its sentence. */
export function storySection({ call, ladder }: WholeCall, threads: Threads): Xml | undefined {
  const { bars, fromUs, untilUs } = storyOf<ToldLeg>(call.legs.map(toldLeg), ladder.steps, ladder.media);
  if (bars.length === 0) return undefined;
  const spanUs = Math.max(1, untilUs - fromUs);
  const at = (us: number): number => ((us - fromUs) / spanUs) * WIDTH;
  return html`<section class="story">
<h2>Story</h2>
<p class="quiet">From ${clock(fromUs)} to ${clock(untilUs)}. Thin: ${PHASE_WORDS.trying.name}; dashed: ${PHASE_WORDS.ringing.name}; filled: ${PHASE_WORDS.talking.name}; pale: ${PHASE_WORDS.held.name}.</p>
<ol>${bars.map((bar) => legView(bar, at, threads))}</ol>
</section>`;
}

function legView(bar: Bar<ToldLeg>, at: (us: number) => number, threads: Threads): Xml {
  const { leg, phases } = bar;
  const thread = threads.find(leg.id);
  const parent = leg.parent === null ? undefined : threads.find(leg.parent);
  const picture = el(
    'svg',
    { class: 'bar', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: '100%', height: HEIGHT, preserveAspectRatio: 'none' },
    phases.map((phase) => drawn(phase, at, thread?.colour ?? 0)),
  );
  return html`<li>${badge(thread)} ${fromTo(leg)} ${endSign(bar)}
<div aria-hidden="true">${picture}</div>
<p class="quiet">${barWords(bar, parent?.letter ?? '', clock)}</p></li>`;
}

function drawn({ kind, fromUs, untilUs }: Phase, at: (us: number) => number, colour: number): Xml {
  const thin = kind === 'trying';
  const style = kind === 'ringing' ? ' hollow ringing' : kind === 'held' ? ' held' : '';
  return el('rect', {
    class: `bar-${colour}${style}`,
    ...{ x: at(fromUs), width: Math.max(2, at(untilUs) - at(fromUs)) },
    ...(thin ? { y: 7, height: 4 } : { y: 2, height: HEIGHT - 4 }),
    'vector-effect': 'non-scaling-stroke',
  });
}
