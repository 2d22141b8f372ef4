import { describe, expect, it } from 'vitest';
import { createTaken, type Taken } from '../../../collector/link/taken.ts';
import type { CaptureEvent, ChannelEventSeen } from '../../../core/model/capture-event.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';

const AT_US = 1_700_000_000_000_000;

function setUp(): { readonly taken: Taken; metrics(): Promise<string> } {
  const metrics = createMetrics();
  const node = { host: '192.0.2.1', port: 8021 };
  const isWorthStoring = ({ name }: ChannelEventSeen): boolean => name !== 'MODULE_LOAD';
  return {
    taken: createTaken({ source: 'esl:fs1', node, metrics, isWorthStoring }),
    metrics: () => metrics.registry.metrics(),
  };
}

const eventOf = (name: string): CaptureEvent => ({
  kind: 'event',
  id: name,
  origin: 'freeswitch',
  atUs: AT_US,
  arrivedUs: AT_US,
  sequence: 1,
  backfill: false,
  node: 'fs1',
  coreUuid: '',
  name,
  headers: {},
});

describe('createTaken', () => {
  it('keeps the first 4096 unreadable bytes, of whatever length they were, with where they came from', () => {
    const { taken } = setUp();
    const bytes = Buffer.alloc(5000, 'x');
    const kept = taken.unreadable('bad_json', bytes, AT_US);
    bytes.fill('y');
    expect(kept).toMatchObject({ kind: 'unreadable', source: 'esl:fs1', peer: '192.0.2.1:8021', reason: 'bad_json' });
    expect(kept).toMatchObject({ atUs: AT_US, arrivedUs: AT_US, bytes: Buffer.alloc(4096, 'x') });
  });

  it('leaves out events that are not worth storing, keeps all else in order, and counts both', async () => {
    const { taken, metrics } = setUp();
    const bad = taken.unreadable('bad_json', Buffer.from('{'), AT_US);
    const [create, load, hangup] = [eventOf('CHANNEL_CREATE'), eventOf('MODULE_LOAD'), eventOf('CHANNEL_HANGUP')];
    expect(taken.worthStoring([create, bad, load, hangup])).toEqual([create, bad, hangup]);
    expect(await metrics()).toMatch(/\{source="esl:fs1",kind="event"\} 2\n/);
    expect(await metrics()).toMatch(/\{source="esl:fs1",kind="ignored_event"\} 1\n/);
    expect(await metrics()).toMatch(/reason="bad_json",sender="192\.0\.2\.1"\} 1\n/);
  });
});
