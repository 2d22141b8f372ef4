import { describe, expect, it } from 'vitest';
import { openFrame } from '../../core/frame/reader.ts';
import { createFrameWriter } from '../../core/frame/writer.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createBatchHealth } from '../../indexer/batch-health.ts';
import { counted } from '../collector/hep/helpers.ts';
import { AT, sipPacket } from './seen.ts';

const SECOND = 1_000_000;

describe('the health of the pipeline', () => {
  it('tells how far the clock of a sensor is ahead, and how long a batch waited', async () => {
    const metrics = createMetrics();
    const health = createBatchHealth(metrics);
    const writer = createFrameWriter();
    writer.addSeen(sipPacket('OPTIONS sip:a SIP/2.0\n\n', { atUs: AT + 90 * SECOND, arrivedUs: AT }));
    const frame = writer.take();
    if (frame === undefined) throw new Error('no frame');
    health.frame(openFrame(frame));
    health.stored(AT + 3 * SECOND);
    expect(await counted(metrics, 'calltrail_sender_clock_offset_seconds', { sensor: 'hep 101' })).toBe(90);
    expect((await metrics.registry.metrics()).split('\n')).toContain('calltrail_store_lag_seconds_sum 3');
  });

  it('counts a gap once, also when its batch comes again before it is stored', async () => {
    const metrics = createMetrics();
    const health = createBatchHealth(metrics);
    const times = { atUs: AT, arrivedUs: AT, fromUs: AT, untilUs: AT + SECOND };
    const gap = { kind: 'gap', id: '0', ...times, node: 'fs1', stream: 'events', reason: 'restarted' } as const;
    for (let i = 0; i < 2; i++) {
      health.clear();
      health.event(gap);
    }
    health.stored(AT + SECOND);
    expect(await counted(metrics, 'calltrail_gaps_total', { node: 'fs1', stream: 'events' })).toBe(1);
  });
});
