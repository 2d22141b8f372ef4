import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { importCapture } from '../../../collector/pcap/import.ts';
import type { Bus } from '../../../core/bus/bus.ts';
import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { classicPcap, optionsRequest, recordedCapture, udpOverIp } from '../../core/pcap/build.ts';

const folder = mkdtempSync(join(tmpdir(), 'calltrail-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A bus whose consumer keeps everything. */
function collect(): { bus: Bus; events: CaptureEvent[]; batches: number[] } {
  const events: CaptureEvent[] = [];
  const batches: number[] = [];
  const nothingLeft = async (): Promise<void> => {};
  const publish = async (batch: readonly CaptureEvent[]): Promise<void> => {
    batches.push(batch.length);
    events.push(...batch);
  };
  return {
    bus: { publish, room: () => 1000, subscribe: () => {}, drained: nothingLeft, close: nothingLeft },
    events,
    batches,
  };
}

const capture = recordedCapture('14-tcp-ipv6-tls');
const TLS_PIECES = { tcp_not_sip: 35 };

async function imported(input: string | AsyncIterable<Uint8Array>, sensor?: string) {
  const { bus, events, batches } = collect();
  const metrics = createMetrics();
  const result = await importCapture(input, { bus, metrics, ...(sensor !== undefined && { sensor }) });
  return { result, events, batches, metrics };
}

describe('a capture file', () => {
  it('becomes one event per SIP message, with the times and addresses of the capture', async () => {
    const { result, events, metrics } = await imported(file('14.pcap', capture));
    expect(result).toMatchObject({ sip: 116, skipped: TLS_PIECES, ended: 'whole' });
    expect(events).toHaveLength(116);
    expect(new Set(events.map((event) => event.id)).size).toBe(116);
    expect(events[0]).toMatchObject({
      kind: 'packet',
      sensor: 'pcap',
      protocol: 1,
      transport: 'tcp',
      srcIp: '127.0.0.11',
      srcPort: 5102,
      dstIp: '127.0.0.10',
      dstPort: 5060,
      correlationId: '',
    });
    expect(events.every((event) => event.arrivedUs === event.atUs && event.kind === 'packet')).toBe(true);
    const exposition = await metrics.registry.metrics();
    expect(exposition).toContain('calltrail_received_total{source="pcap",kind="sip"} 116');
    expect(exposition).toContain('calltrail_rejected_total{source="pcap",reason="tcp_not_sip",sender="pcap"} 35');
  });

  it('gives the same events again, from a file, gzip or a stream in any chunks; another sensor gives other ids', async () => {
    const { events } = await imported(file('14.pcap', capture));
    const gzip = file('14.pcap.gz', gzipSync(capture));
    expect((await imported(gzip)).events).toEqual(events);
    expect((await imported(Readable.from([gzipSync(capture)]))).events).toEqual(events);
    const pieces = [capture.subarray(0, 1), capture.subarray(1, 30), capture.subarray(30)];
    expect((await imported(Readable.from(pieces))).events).toEqual(events);
    const other = (await imported(gzip, 'edge tap')).events;
    expect(other[0]).toMatchObject({ sensor: 'edge tap', atUs: events[0]!.atUs });
    expect(other[0]?.id).not.toBe(events[0]?.id);
  });

  it('is handed over in batches, each waited for, and reports how far it is', async () => {
    const frames = Array.from({ length: 1200 }, (_, index) => ({
      atUs: 1_795_258_625_000_000 + index,
      data: udpOverIp(optionsRequest(`c${index}`)),
    }));
    const path = file('many.pcap', classicPcap(frames, { little: true, nanoseconds: false }));
    const { bus, events } = collect();
    let waiting = 0;
    const slow: Bus = {
      ...bus,
      publish: async (batch) => {
        expect(++waiting).toBe(1);
        await bus.publish(batch);
        waiting--;
      },
    };
    const progress: [number, number][] = [];
    await importCapture(path, { bus: slow, metrics: createMetrics(), onProgress: (...step) => progress.push(step) });
    expect(events).toHaveLength(1200);
    const total = progress.at(-1)![1];
    expect(progress.at(-1)).toEqual([total, total]);
    expect(total).toBeGreaterThan(262_144);
    expect(progress.length).toBeGreaterThan(1);
  });

  it('that was cut off gives what came before, plain and gzip-compressed', async () => {
    const { events } = await imported(file('14.pcap', capture));
    const cut = await imported(file('cut.pcap', capture.subarray(0, 40_001)));
    expect(cut.result.ended).toBe('truncated');
    expect(cut.events.length).toBeGreaterThan(20);
    expect(events).toEqual(expect.arrayContaining(cut.events));
    const gzip = gzipSync(capture);
    const cutGzip = await imported(file('cut.gz', gzip.subarray(0, gzip.length >> 1)));
    expect(cutGzip.result.ended).toBe('truncated');
    expect(cutGzip.result.sip).toBeGreaterThan(20);
  });

  it('that is damaged gives what came before', async () => {
    const bad = Buffer.from(capture);
    bad.fill(0xff, 40_000, 40_100);
    const { result, metrics } = await imported(file('bad.pcap', bad));
    expect(['damaged', 'truncated']).toContain(result.ended);
    expect(result.sip).toBeGreaterThan(20);
    expect(await metrics.registry.metrics()).toContain(`reason="${result.ended}"`);
    const gzip = gzipSync(Buffer.concat([capture, Buffer.alloc(3_000_000, capture)]));
    gzip.fill(0xff, gzip.length - 2000, gzip.length - 1500);
    expect(() => gunzipSync(gzip)).toThrow();
    const damaged = await imported(file('bad.gz', gzip));
    expect(damaged.result.ended).toBe('damaged');
    expect(damaged.result.sip).toBeGreaterThan(20);
  });
});

describe('what is no capture file', () => {
  it.each([
    ['text', 'INVITE sip:a@b SIP/2.0\r\n'],
    ['three bytes', 'abc'],
    ['gzip of text', gzipSync('hello, this is text')],
    ['gzip of nothing', gzipSync('')],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff])],
  ])('is refused with a sentence that names it and what was expected: %s', async (_name, bytes) => {
    const path = file('calls.bin', bytes);
    const { bus, events } = collect();
    const refused = importCapture(path, { bus, metrics: createMetrics() });
    await expect(refused).rejects.toThrow(`${path} is no capture file: expected pcap or pcapng`);
    expect(events).toEqual([]);
  });

  it('is refused: an empty file, a folder, a missing file', async () => {
    const deps = { bus: collect().bus, metrics: createMetrics() };
    await expect(importCapture(file('empty', ''), deps)).rejects.toThrow('is empty; expected a pcap or pcapng file');
    await expect(importCapture(folder, deps)).rejects.toThrow(`${folder} is no file`);
    await expect(importCapture(join(folder, 'missing'), deps)).rejects.toThrow('no such file');
    await expect(importCapture(Readable.from([Buffer.from('text')]), deps)).rejects.toThrow(
      'the capture is no capture',
    );
  });
});

it('lets a bus that fails end the import, with its error', async () => {
  const { bus } = collect();
  const failing: Bus = { ...bus, publish: async () => Promise.reject(new Error('store is full')) };
  const run = importCapture(file('14.pcap', capture), { bus: failing, metrics: createMetrics() });
  await expect(run).rejects.toThrow('store is full');
});
