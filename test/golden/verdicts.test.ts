import { describe, expect, it } from 'vitest';
import type { Call } from '../../api/schemas.ts';
import { startCalltrail } from '../../calltrail.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { readRecording } from '../replay/recording.ts';
import { withReplayed } from '../truth/run.ts';

/** What truth.json says of the legs of a call, from the capture and the switch's own records. */
interface TrueLeg {
  readonly call_id: string;
  readonly final_status?: number;
  readonly fs_channels?: readonly { readonly hangup_cause?: string }[];
}
interface TrueCall {
  readonly description: string;
  readonly legs: readonly TrueLeg[];
}

const product = { start: (config: Parameters<typeof startCalltrail>[0]) => startCalltrail(config, silentLog) };

/** In the order of the recording, with who ended it where somebody did. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  '03-failures': [
    'busy',
    'failed',
    'failed',
    'failed',
    'no_answer',
    'rejected',
    'failed',
    'no_answer',
    'failed',
    'rejected',
    'rejected',
    'failed',
    'cancelled by caller',
    'no_answer',
    'failed',
    'answered by caller',
    'rejected',
  ],
  '10-missing-ack': ['answered by switch'],
};

describe('golden scenarios: what became of failed calls', () => {
  it.for(Object.entries(OUTCOMES))(
    'golden 30: outcome, status and cause of each call and leg of %s',
    {
      timeout: 60_000,
    },
    async ([name, outcomes]) => {
      const recording = await readRecording(`${import.meta.dirname}/../recordings/${name}`);
      const { calls } = recording.truth as { readonly calls: readonly TrueCall[] };
      expect(calls).toHaveLength(outcomes.length);
      await withReplayed(recording, 'shuffled', product, {}, async ({ httpUrl }, lost) => {
        expect(lost).toEqual([]);
        for (const [i, { description, legs }] of calls.entries()) {
          const response = await fetch(`${httpUrl}/api/calls/${encodeURIComponent(legs[0]?.call_id ?? '')}`);
          const { outcome, hungUpBy, finalStatus, legs: found } = (await response.json()) as Call;
          expect(hungUpBy === null ? outcome : `${outcome} by ${hungUpBy}`, description).toBe(outcomes[i]);
          expect(finalStatus, description).toBe(legs[0]?.final_status);
          expect(found.map(({ callId }) => callId).sort()).toEqual(legs.map(({ call_id }) => call_id).sort());
          for (const { call_id, final_status = null, fs_channels = [] } of legs) {
            const leg = found.find(({ callId }) => callId === call_id);
            expect(leg?.finalStatus, `${description}: ${call_id}`).toBe(final_status);
            const causes = fs_channels.flatMap(({ hangup_cause }) => hangup_cause ?? []);
            if (causes.length > 0) expect(causes, `${description}: ${call_id}`).toContain(leg?.hangupCause);
          }
        }
      });
    },
  );
});
