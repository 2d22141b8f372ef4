import { describe, expect, it } from 'vitest';
import { startCalltrail } from '../../calltrail.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { readRecording } from '../replay/recording.ts';
import { TRUTH_ORDERS, type TruthDeps, withReplayed } from './run.ts';
import { readTruth } from './truth-file.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;
const LIMIT_MS = 120_000;
const deps: TruthDeps = { start: (config) => startCalltrail(config, silentLog) };

describe('the answer about a call', () => {
  it.each(['04-failover-fork', '31-asterisk-channel-uuid'])(
    'is the same, byte for byte, in whatever order %s was delivered, and delivered twice',
    { timeout: LIMIT_MS },
    async (name) => {
      const recording = await readRecording(`${RECORDINGS}/${name}`);
      const { groups } = readTruth(recording.truth);
      const identifiers = groups.flatMap((group) => group.identifiers);
      const answers: string[][] = [];
      for (const order of TRUTH_ORDERS) {
        const texts = await withReplayed(recording, order, deps, {}, ({ httpUrl }) =>
          Promise.all(
            identifiers.map(async (identifier) => {
              const response = await fetch(`${httpUrl}/api/calls/${encodeURIComponent(identifier)}`);
              // The second delivery comes over a second connection, and what was missed between is told as a gap of today.
              return (await response.text()).replace(/"gaps":\[.*\]/, '"gaps":[]');
            }),
          ),
        );
        answers.push(texts);
      }
      const [recorded, shuffled, twice] = answers;
      expect(recorded?.every((text) => text.includes('"outcome"'))).toBe(true);
      expect(shuffled).toEqual(recorded);
      expect(twice).toEqual(recorded);
    },
  );
});
