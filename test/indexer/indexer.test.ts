import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBus } from '../../core/bus/memory.ts';
import { createFrameWriter } from '../../core/frame/writer.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import type { Word } from '../../core/runtime/news.ts';
import type { Store } from '../../core/store/store.ts';
import { startIndexer } from '../../indexer/indexer.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { openEmptyStore } from '../system/empty-store.ts';
import { AT, channelEvent, logLine, sipPacket } from './seen.ts';

const correlation = NO_CORRELATION;
const INVITE = `INVITE sip:1002@192.0.2.2 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
From: <sip:1001@192.0.2.1>;tag=t1
To: <sip:1002@192.0.2.2>
Call-ID: a@h
CSeq: 1 INVITE
Content-Length: 0

`;

describe('the indexer on the real store', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmptyStore();
  });
  afterAll(async () => {
    await store.close();
  });

  const index = async (events: Parameters<ReturnType<typeof createMemoryBus>['publish']>[0]) => {
    const metrics = createMetrics();
    const bus = createMemoryBus({ capacity: 1000, metrics });
    startIndexer({ bus, store, metrics, log: silentLog, correlation });
    await bus.publish(events);
    await bus.close();
    return metrics.registry.metrics();
  };

  it('stores facts, edges from both ends, and numbers backwards', async () => {
    await index([
      sipPacket(INVITE),
      channelEvent('CHANNEL_CREATE', { 'Unique-ID': 'chan-a', variable_sip_call_id: 'a@h' }),
      logLine('x receiving invite from 192.0.2.1:5060 call-id: a@h'),
    ]);
    const edges = await store.select("SELECT node, peer, why, forward FROM edges WHERE node = 'c:a@h' ORDER BY why");
    expect(edges).toEqual([
      { node: 'c:a@h', peer: 'u:chan-a', why: 'log_receiving_invite', forward: 0 },
      { node: 'c:a@h', peer: 'u:chan-a', why: 'sip_call_id', forward: 0 },
    ]);
    const numbers = await store.select(
      "SELECT DISTINCT kind, value FROM identifiers WHERE node = 'c:a@h' AND bitTest(roles, 1) ORDER BY kind",
    );
    expect(numbers).toEqual([{ kind: 'number_reversed', value: '2001' }]);
  });

  it('notes who was heard in which third of a minute: sensors by any packet, switches by their events alone', async () => {
    const arrivedUs = AT + 600_000_000;
    const backfill = {
      ...channelEvent('CHANNEL_DATA', { 'Unique-ID': 'x' }, 9),
      backfill: true,
      node: 'fs9',
      arrivedUs,
    };
    const writer = createFrameWriter(4096);
    for (const sensor of ['edge1', 'edge2']) {
      writer.addSeen(sipPacket(INVITE.replaceAll('a@h', `${sensor}@h`), { sensor, arrivedUs }));
    }
    const frame = writer.take();
    if (frame === undefined) throw new Error('no frame');
    await index([
      frame,
      { ...channelEvent('HEARTBEAT', {}, 8), arrivedUs },
      { ...logLine('of another connection'), node: 'fs8', arrivedUs },
      backfill,
    ]);
    const minute = Math.floor(arrivedUs / 60_000_000);
    const thirds = 1 << Math.floor((arrivedUs % 60_000_000) / 20_000_000);
    expect(
      await store.select(`SELECT kind, name, thirds FROM heard WHERE minute = ${minute} ORDER BY kind, name`),
    ).toEqual([
      { kind: 'sensor', name: 'edge1', thirds },
      { kind: 'sensor', name: 'edge2', thirds },
      { kind: 'switch', name: 'fs1', thirds },
    ]);
  });

  it('notes each minute of a batch that had waited', async () => {
    const begin = Math.ceil(AT / 60_000_000) * 60_000_000 + 1_200_000_000;
    const writer = createFrameWriter(4096);
    const after = [0, 25, 65];
    for (const seconds of after)
      writer.addSeen(
        sipPacket(INVITE.replaceAll('a@h', `${seconds}@late`), { sensor: 'late', arrivedUs: begin + seconds * 1e6 }),
      );
    const beats = after.map((s) => ({
      ...channelEvent('HEARTBEAT', {}, 100 + s),
      node: 'late',
      arrivedUs: begin + s * 1e6,
    }));
    await index([writer.take()!, ...beats]);
    const minute = begin / 60_000_000;
    expect(
      await store.select("SELECT kind, minute, thirds FROM heard WHERE name = 'late' ORDER BY kind, minute"),
    ).toEqual(
      ['sensor', 'switch'].flatMap((kind) => [
        { kind, minute, thirds: 3 },
        { kind, minute: minute + 1, thirds: 1 },
      ]),
    );
  });

  it('changes nothing when the same things come again', async () => {
    const again = sipPacket(INVITE.replaceAll('a@h', 'twice@h'));
    await index([again]);
    await index([{ ...again, arrivedUs: AT + 5_000_000 }]);
    await store.command('OPTIMIZE TABLE messages FINAL');
    expect(await store.select("SELECT count() AS n FROM messages WHERE call_id = 'twice@h'")).toEqual([{ n: 1 }]);
  });

  it('stores the neighbours of a line that fits no row, counts it and keeps what it was', async () => {
    const good = logLine('one', { channel: 'good' });
    // No source makes such a line number; a mistake of ours might.
    const bad = logLine('two', { line: 2 ** 40 });
    const metrics = await index([good, bad, { ...good, id: 'ffffffffffffffff' }]);
    expect(await store.select("SELECT count() AS n FROM logs WHERE channel = 'good'")).toEqual([{ n: 2 }]);
    expect(metrics).toMatch(/calltrail_rejected_total\{source="indexer",reason="derive_failed"[^}]*\} 1/);
    expect(
      await store.select(
        "SELECT reason, position(bytes, '1099511627776') > 0 AS kept FROM unreadable WHERE source = 'indexer'",
      ),
    ).toEqual([{ reason: 'derive_failed', kept: 1 }]);
  });

  it('stores the neighbours of a row that cannot be written, and counts it', async () => {
    const gap = { kind: 'gap', id: '00000000000000a1', atUs: AT, arrivedUs: AT, node: 'fs9', stream: 'logs' } as const;
    const times = { fromUs: AT, untilUs: AT, reason: 'disconnected' };
    const metrics = await index([
      { ...gap, ...times },
      { ...gap, ...times, id: 'none' },
    ]);
    expect(await store.select("SELECT count() AS n FROM gaps WHERE node = 'fs9'")).toEqual([{ n: 1 }]);
    expect(metrics).toContain('calltrail_lost_total{stage="store",reason="unwritable"} 1');
  });

  it('tells whoever watches what it stored, when all of it is there', async () => {
    const told: { sinceUs: number; tables: string[]; found: Promise<unknown[]> }[] = [];
    const bus = createMemoryBus({ capacity: 1000 });
    const stored = ({ sinceUs, tables }: Word): void => {
      const found = store.select("SELECT DISTINCT peer FROM edges WHERE node = 'u:told'");
      told.push({ sinceUs, tables: [...tables], found });
    };
    startIndexer({ bus, store, metrics: createMetrics(), log: silentLog, correlation, stored });
    const line = logLine('x receiving invite from 192.0.2.1:5060 call-id: told@h', { channel: 'told' });
    await bus.publish([
      { ...line, arrivedUs: AT + 9 },
      sipPacket(INVITE.replaceAll('a@h', 'told@h'), { arrivedUs: AT + 7 }),
    ]);
    await bus.close();
    expect(told).toMatchObject([{ sinceUs: AT + 7, tables: ['messages', 'logs'] }]);
    expect(await told[0]?.found).toEqual([{ peer: 'c:told@h' }]);
  });

  it('keeps numbers that no column holds as 0 rather than failing', async () => {
    await index([sipPacket(INVITE.replaceAll('a@h', 'cseq@h').replace('CSeq: 1 ', 'CSeq: 99999999999999 '))]);
    expect(await store.select("SELECT cseq FROM messages WHERE call_id = 'cseq@h'")).toEqual([{ cseq: 0 }]);
  });

  it('takes a sender whose clock jumps over centuries', async () => {
    const years = Array.from({ length: 150 }, (_, i) =>
      sipPacket(INVITE.replaceAll('a@h', `y${i}@h`), {
        atUs: (i * 31_536_000_000_000) / 2,
        id: i.toString(16).padStart(16, '0'),
      }),
    );
    await index(years);
    expect(await store.select("SELECT count() AS n FROM messages WHERE call_id LIKE 'y%@h'")).toEqual([{ n: 150 }]);
  });
});
