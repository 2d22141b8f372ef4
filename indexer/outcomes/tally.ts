import type { Direction } from '../../core/call/far-side.ts';
import { cleanValue } from '../../core/model/clean-value.ts';
import { createPrefixes } from '../../core/model/prefix.ts';
import type { Stage } from '../../core/rates/parts.ts';
import type { Attempt } from './attempt.ts';
import { OTHER } from './label-values.ts';
import type { Final, OutcomeClass } from './outcome-class.ts';

/** Labels of an attempt, as bounded as those of metrics are. */
export interface Place {
  readonly tenant: string;
  readonly trunk: string;
  readonly node: string;
  readonly direction: Direction;
}

/** Attempts that are alike in all that is counted. */
export interface Count extends Place {
  /** Minutes since the epoch: when the final answer came, or when none was waited for any longer. */
  readonly minute: number;
  readonly class: OutcomeClass;
  readonly code: string;
  /** What the switch says, as "NORMAL_TEMPORARY_FAILURE"; "" where none does. */
  readonly cause: string;
  readonly prefix: string;
  readonly stage: Stage;
  /** Sensors that saw it, one a line. */
  readonly sensors: string;
  readonly root: boolean;
  attempts: number;
  /** Some of those that the network failed, by Call-ID or channel. */
  readonly samples: string[];
}

/** What was counted since it was last taken, in few sums: a pass of the linker tells of thousands of attempts. */
export interface Tally {
  /** @param atUs when it was decided; epoch µs */
  add(place: Place, attempt: Attempt, final: Final, atUs: number): void;
  take(): Count[];
}

/** Sums of one pass; what comes beyond them has "other" as prefix, cause and sensors, so that the rest stays exact. */
export const MAX_COUNTS = 1000;
const MAX_SAMPLES = 5;
const MAX_SAMPLE_LENGTH = 512;
/** More sensors than this on one leg are not told apart. */
const MAX_SENSORS = 4;
/** Causes are words of a switch; what else stands there is no cause. */
const CAUSE = /^[A-Z0-9_]{1,64}$/;

export function createTally(): Tally {
  let counts = new Map<string, Count>();
  const prefixes = createPrefixes();
  return {
    add({ tenant, trunk, node, direction }, attempt, { class: kind, code }, atUs) {
      const minute = Math.floor(atUs / 60_000_000);
      const { root, stage } = attempt;
      const own = [minute, tenant, trunk, node, direction, kind, code, stage, root ? 1 : 0].join('\0');
      const [cause, prefix, sensors] = [causeOf(attempt), prefixes.of(attempt.called), sensorsOf(attempt)];
      let key = `${own}\0${cause}\0${prefix}\0${sensors}`;
      let count = counts.get(key);
      if (count === undefined) {
        const folded = counts.size >= MAX_COUNTS;
        if (folded) key = `${own}\0folded`;
        count = counts.get(key) ?? {
          ...{ minute, tenant, trunk, node, direction, class: kind, code, stage, root, attempts: 0, samples: [] },
          ...(folded ? { cause: OTHER, prefix: OTHER, sensors: OTHER } : { cause, prefix, sensors }),
        };
        counts.set(key, count);
      }
      count.attempts++;
      if (kind !== 'network' || count.samples.length >= MAX_SAMPLES) return;
      if (attempt.id.length <= MAX_SAMPLE_LENGTH) count.samples.push(attempt.id);
    },
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
  };
}

const causeOf = ({ cause = '' }: Attempt): string => (cause === '' || CAUSE.test(cause) ? cause : OTHER);

function sensorsOf({ sensors }: Attempt): string {
  const [only = ''] = sensors;
  return sensors.length <= 1 ? cleanSensor(only) : sensors.slice(0, MAX_SENSORS).map(cleanSensor).join('\n');
}

/** Names of sensors have no control characters when they come over HEP; from a capture file or an old store they may. */
const cleanSensor = (name: string): string => (/^[\x20-\x7e]{0,100}$/.test(name) ? name : cleanValue(name));
