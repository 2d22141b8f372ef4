import type { VerdictId } from '../../../core/diagnosis/verdict.ts';
import { nodeLetter, nodeText } from '../../../core/model/edge.ts';
import { TOPOLOGIES } from '../../generate/day.ts';
import type { Topology } from '../../generate/scene.ts';
import { ringAll } from '../../generate/topologies/queue.ts';
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

/** A queue with one agent has nobody who loses. */
const PLAYED: Readonly<Record<string, Topology>> = { ringAllQueue: ringAll(3) };

export const topologies: readonly Script[] = TOPOLOGIES.map(
  ([name, topology]): Script => ({
    name: `of the generator: ${name}`,
    expect: ODD[name] ?? [],
    play(scene) {
      const { calls } = scene.site.truth;
      const before = calls.length;
      (PLAYED[name] ?? topology)(scene);
      const nodes = [...(calls[before]?.nodes ?? [])];
      const key = nodes.find((node) => nodeLetter(node) === 'c') ?? nodes.find((node) => nodeLetter(node) === 'u');
      if (key === undefined) throw new Error(`${name} made no call`);
      return nodeText(key);
    },
  }),
);
