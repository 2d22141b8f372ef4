import { readFileSync } from 'node:fs';
import type { Call, Diagnosis, Health, Ladder, SearchAnswer, StepDetail } from '../../web/api.ts';

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as T;

/** One call through an edge proxy and a switch to two phones; some of its texts are hostile. */
export const call: Call = read('call');
export const ladder: Ladder = read('ladder');
/** A busy phone and a fault; some of its texts are hostile. */
export const diagnosis: Diagnosis = read('diagnosis');
/** The CHANNEL_BRIDGE event of the ladder. */
export const stepDetail: StepDetail = read('step');
/** Calls of every outcome, the first of them `call`. */
export const searchAnswer: SearchAnswer = read('search');
export const health: Health = read('health');

/** A ladder of `count` messages that go to and fro between two hosts. */
export function longLadder(count: number): Ladder {
  const model = ladder.steps[0]!;
  const steps = Array.from({ length: count }, (_, index) => {
    const there = index % 2 === 0;
    const ends = there ? { from: 'carrier', to: 'edge1' } : { from: 'edge1', to: 'carrier' };
    return { ...model, ...ends, id: `long-${index}`, atUs: model.atUs + index * 1000, title: `MESSAGE ${index}` };
  });
  return { lanes: ladder.lanes, steps, media: [], truncated: false };
}
