import type { VerdictId } from '../../../core/diagnosis/verdict.ts';
import { nodeLetter, nodeText } from '../../../core/model/edge.ts';
import { TOPOLOGIES } from '../../generate/day.ts';
import type { Script } from '../script.ts';

/** Of all that the generator's site does in a day, what is not simply healthy. */
const ODD: Readonly<Record<string, readonly VerdictId[]>> = {
  noAnswer: ['no_answer'],
  busy: ['busy'],
  callerGivesUp: ['caller_gave_up'],
  fork: ['lost_race'],
  enterprise: ['lost_race'],
  ringAllQueue: ['lost_race'],
  intercepted: ['lost_race'],
  failover: ['failed_over'],
  crashAndRecover: ['interrupted'],
  refusedBeforeStart: ['codec_mismatch'],
};

export const topologies: readonly Script[] = TOPOLOGIES.map(
  ([name, topology]): Script => ({
    name: `of the generator: ${name}`,
    expect: ODD[name] ?? [],
    play(scene) {
      const { calls } = scene.site.truth;
      const before = calls.length;
      topology(scene);
      const nodes = [...(calls[before]?.nodes ?? [])];
      const key = nodes.find((node) => nodeLetter(node) === 'c') ?? nodes.find((node) => nodeLetter(node) === 'u');
      if (key === undefined) throw new Error(`${name} made no call`);
      return nodeText(key);
    },
  }),
);
