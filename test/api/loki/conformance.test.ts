import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Call, LogsAnswer } from '../../../api/schemas.ts';
import { encodeHep } from '../../../collector/hep/encode.ts';
import { readSip } from '../../../core/sip/read.ts';
import { until } from '../../system/until.ts';
import { type LokiAnswer, type Site, startSite } from './site.ts';

/** Longer than any recording, so that a window holds all of them. */
const ALL = { start: '1795000000000000000', end: '1796000000000000000' };
const CATEGORIZE = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };
const L = '/loki/api/v1';

interface Entry {
  readonly ns: string;
  readonly line: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const entriesOf = ({ data }: LokiAnswer): Entry[] =>
  data.result
    .flatMap(({ stream, values }) =>
      values.map(([ns, line, more]) => ({ ns, line, labels: stream, metadata: more?.structuredMetadata ?? {} })),
    )
    .sort((a, b) => (a.ns < b.ns ? 1 : a.ns > b.ns ? -1 : 0));

describe('the requests of a stock Grafana to Loki', { timeout: 60_000 }, () => {
  let site: Site;
  /** A Call-ID of a call with several legs at a switch. */
  let X = '';
  let call: Call;

  const query = async (text: string, more: Record<string, string> = {}): Promise<Entry[]> =>
    entriesOf(await site.json(`${L}/query_range`, { query: text, limit: '5000', ...ALL, ...more }, CATEGORIZE));
  const instant = async (text: string) =>
    (await site.json(`${L}/query`, { query: text, time: ALL.end })).data.result.map(({ metric, value }) => ({
      metric,
      value: value[1],
    }));
  const names = async (path: string, params: Record<string, string> = {}): Promise<string[]> =>
    (await site.json<{ status: string; data: string[] }>(`${L}/${path}`, { ...ALL, ...params })).data;

  beforeAll(async () => {
    site = await startSite(
      ['03-failures', '38-kamailio-hlog', '19-rtpengine-rtcp'],
      [{ name: 'acme', nodes: ['hep 301', 'ast1-hep', 'ast1'] }],
    );
    const [top] = await instant('topk(1, sum by (call_id) (count_over_time({source="pbx", call_id=~".+"}[20d])))');
    X = top?.metric.call_id ?? '';
    call = (await (await fetch(`${site.url}/api/calls/${encodeURIComponent(X)}`)).json()) as Call;
    expect(call.callIds.length).toBeGreaterThan(1);
  }, 120_000);
  afterAll(async () => site?.stop());

  it('1: Save & test is answered with one sample, which is 2', async () => {
    const { data } = await site.json(`${L}/query`, {
      direction: 'backward',
      query: 'vector(1)+vector(1)',
      time: '4000000000',
    });
    expect(data.resultType).toBe('vector');
    expect(data.result.map(({ metric, value }) => [metric, value[1]])).toEqual([[{}, '2']]);
  });

  it('2: the names of stream labels are listed', async () => {
    expect(await names('labels')).toEqual(['call_id', 'source', 'host', 'tenant']);
  });

  it('3: they are the same at one moment, as log context asks', async () => {
    expect(await names('labels', { start: ALL.end, end: ALL.end })).toEqual(await names('labels'));
  });

  it('4: they are narrowed to what the lines of a query have', async () => {
    expect(await names('labels', { query: '{tenant="acme"}' })).toEqual(['call_id', 'source', 'host', 'tenant']);
    expect(await names('labels', { query: '{host="hep 101"}' })).toEqual(['call_id', 'source', 'host']);
    expect(await names('labels', { query: '{host="nowhere"}' })).toEqual([]);
  });

  it('5: the values of a label are texts, and capped', async () => {
    const callIds = await names('label/call_id/values');
    expect(callIds).toContain(X);
    expect(callIds.length).toBeLessThanOrEqual(1000);
    expect(await names('label/source/values')).toEqual(['pbx', 'rtcp', 'sbc', 'sip']);
    expect(await names('label/tenant/values')).toEqual(['acme']);
    expect(await names('label/no_such/values')).toEqual([]);
  });

  it("6: values of a tenant are that tenant's only", async () => {
    const own = await names('label/call_id/values', { query: '{tenant="acme"}' });
    expect(own.length).toBeGreaterThan(2);
    expect(own).not.toContain(X);
    expect(await names('label/host/values', { query: '{tenant="acme"}' })).toEqual(
      expect.arrayContaining(['ast1-hep', 'hep 301']),
    );
    expect(await names('label/host/values', { query: '{tenant="acme"}' })).not.toContain('hep 101');
  });

  it('7: the streams of a call are its stream labels', async () => {
    const { data } = await site.json<{ data: Record<string, string>[] }>(`${L}/series`, {
      'match[]': `{call_id="${X}"}`,
      ...ALL,
    });
    expect(new Set(data.map(({ call_id }) => call_id))).toEqual(new Set(call.callIds));
    expect(new Set(data.map(({ source }) => source))).toEqual(new Set(['sip', 'pbx']));
    for (const labels of data) expect(Object.keys(labels)).toEqual(['call_id', 'source', 'host']);
  });

  it('8: a Call-ID gives the lines of the whole call, newest first, with labels by their category', async () => {
    const answer = await site.json(
      `${L}/query_range`,
      { query: `{call_id="${X}"}`, ...ALL, limit: '5000', direction: 'backward', step: '5000ms' },
      CATEGORIZE,
    );
    expect(answer.data.resultType).toBe('streams');
    expect(answer.data.encodingFlags).toEqual(['categorize-labels']);
    for (const { values } of answer.data.result) {
      const times = values.map(([ns]) => ns);
      expect(times).toEqual(times.toSorted().reverse());
      for (const value of values) expect(value).toHaveLength(3);
      for (const ns of times) expect(ns).toMatch(/^\d{19}$/);
    }
    const entries = entriesOf(answer);
    expect(new Set(entries.map(({ labels }) => labels.call_id))).toEqual(new Set(call.callIds));
    // Nothing is left out: the log is that of the call's page.
    const logs = (await (await fetch(`${site.url}/api/calls/${encodeURIComponent(X)}/logs`)).json()) as LogsAnswer;
    const own = entries.filter(({ metadata }) => metadata.type === 'log').map(({ line }) => line);
    expect(own.toSorted()).toEqual(logs.lines.map(({ text }) => text.replace(/[\r\n]+$/, '')).toSorted());
    expect(entries.some(({ line }) => line.startsWith('INVITE sip:'))).toBe(true);
    const hangup = entries.find(({ line }) => line.startsWith('CHANNEL_HANGUP '));
    expect(hangup?.line).toContain('Hangup-Cause=');
    expect(hangup?.metadata.channel).toBe(call.channelUuids.find((uuid) => uuid === hangup?.metadata.channel));
    // All lines carry the id of the call as a trace, which begins with the moment of its start.
    const traces = new Set(entries.map(({ metadata }) => metadata.trace_id));
    expect(traces.size).toBe(1);
    const [traceId = ''] = traces;
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(Number.parseInt(traceId?.slice(0, 12) ?? '', 16)).toBe(Date.parse(call.startedAt ?? ''));
    expect(await query(`{source=~".+"} | trace_id="${traceId}"`)).toEqual(entries);
  });

  it('8: parties and addresses of a message are those that its reader finds', async () => {
    const sip = await query('{source="sip"}');
    expect(sip.length).toBeGreaterThan(500);
    for (const { line, metadata, labels } of sip) {
      const read = readSip(Buffer.from(line));
      expect([metadata.from_user ?? '', metadata.to_user ?? ''], line).toEqual([read.from.user, read.to.user]);
      expect(labels.call_id).toBe(read.callId);
      expect(metadata.response).toBe(read.request ? read.method : String(read.status));
      // A FreeSWITCH does not say its addresses on IPv6.
      expect(metadata.src_ip ?? 'unsaid').toMatch(line.includes('[::1]') ? /^(unsaid|::1)$/ : /^[\d.]+$/);
    }
  });

  it('8: parties are filtered and counted as they are shown', async () => {
    const sip = await query('{source="sip"}');
    for (const label of ['from_user', 'to_user'] as const) {
      const shown = new Map<string, number>();
      for (const { metadata } of sip) shown.set(metadata[label] ?? '', (shown.get(metadata[label] ?? '') ?? 0) + 1);
      expect(shown.size).toBeGreaterThan(10);
      const counted = await instant(`sum by (${label}) (count_over_time({source="sip"}[20d]))`);
      expect(new Map(counted.map(({ metric, value }) => [metric[label] ?? '', Number(value)]))).toEqual(shown);
    }
  });

  it('9: without the header values are pairs and all labels are in the stream', async () => {
    const { data } = await site.json(`${L}/query_range`, { query: `{call_id="${X}", source="sip"}`, ...ALL });
    expect(data.encodingFlags).toBeUndefined();
    expect(data.result.length).toBeGreaterThan(0);
    for (const { stream, values } of data.result) {
      expect(stream).toMatchObject({ source: 'sip', type: 'sip' });
      expect(stream.level).toMatch(/^(info|warning|error)$/);
      for (const value of values) expect(value).toHaveLength(2);
    }
  });

  it('10: forward with a limit gives the oldest lines', async () => {
    const all = (await query(`{call_id="${X}"}`)).map(({ ns }) => ns);
    const two = await query(`{call_id="${X}"}`, { direction: 'forward', limit: '2' });
    expect(two.map(({ ns }) => ns)).toEqual(all.slice(-2));
    const scanned = (await query('{source=~"sip|pbx"}')).map(({ ns }) => ns);
    const newest = await query('{source=~"sip|pbx"}', { limit: '7' });
    expect(newest.map(({ ns }) => ns)).toEqual(scanned.slice(0, 7));
  });

  it('11: the start of a window is in it, and its end is not', async () => {
    const [, second] = await query(`{call_id="${X}"}`);
    const { ns = '' } = second ?? {};
    const within = (await query(`{call_id="${X}"}`, { start: ns })).map((one) => one.ns);
    expect(within).toContain(ns);
    const before = (await query(`{call_id="${X}"}`, { end: ns })).map((one) => one.ns);
    expect(before.length).toBeGreaterThan(0);
    expect(before.every((one) => one < ns)).toBe(true);
    expect(await query('{source=~".+"}', { start: ns, end: String(BigInt(ns) + 1n) })).not.toEqual([]);
  });

  it('12: line filters hold, are patterns where they say so, and are chained', async () => {
    const all = (await query('{source="sip"}')).map(({ line }) => line);
    const lines = async (text: string): Promise<string[]> =>
      (await query(`{source="sip"} ${text}`)).map(({ line }) => line);
    const some = all.filter((line) => line.includes('503'));
    expect(some.length).toBeGreaterThan(0);
    expect(await lines('|= "503"')).toEqual(some);
    expect(await lines('|= `503` != "SIP/2.0 503"')).toEqual(some.filter((line) => !line.includes('SIP/2.0 503')));
    expect(await lines('|~ `^SIP/2.0 5\\d\\d`')).toEqual(all.filter((line) => /^SIP\/2.0 5\d\d/.test(line)));
    expect(await lines('!~ "^SIP/2.0"')).toEqual(all.filter((line) => !line.startsWith('SIP/2.0')));
    expect(await lines('|= "503" or "603"')).toEqual(
      all.filter((line) => line.includes('503') || line.includes('603')),
    );
    // As in Loki a dot is no line end.
    expect(await lines('|~ "INVITE.*CSeq"')).toEqual([]);
  });

  it('13: labels of a line filter it, joined by and, or and commas', async () => {
    const all = await query('{source="sip"}');
    const own = all.filter(({ metadata }) => metadata.from_user === '1006');
    expect(own.length).toBeGreaterThan(0);
    expect(await query('{source="sip"} | from_user=~"1006"')).toEqual(own);
    expect(await query('{source="sip", from_user="1006"}')).toEqual(own);
    expect(await query('{source="sip"} | level="error" or response="486" and method="INVITE"')).toEqual(
      all.filter(({ metadata }) => metadata.level === 'error' || metadata.response === '486'),
    );
    expect(await query('{source="sip"} | level!="info", response!~"4..|BYE" | __error__="" | json')).toEqual(
      all.filter(({ metadata }) => metadata.level !== 'info' && !/^(4..|BYE)$/.test(metadata.response ?? '')),
    );
    expect(await query('{source="sip"} | no_such_label="x"')).toEqual([]);
    const [kept] = await query('{source="sip"} | keep level, call_id | drop level="info"', { limit: '1' });
    expect(Object.keys({ ...kept?.labels, ...kept?.metadata })).toEqual(['call_id']);
  });

  it('13: a telephone number in any written form finds the legs in which it stands', async () => {
    const all = await query('{source="sip"}');
    const { metadata } =
      all.find(
        (one) =>
          one.line.startsWith('INVITE') && /^\+\d{8,}/.test(one.metadata.to_user ?? one.metadata.from_user ?? ''),
      ) ?? all[0]!;
    const number = /^\+/.test(metadata.to_user ?? '') ? (metadata.to_user ?? '') : (metadata.from_user ?? '');
    const found = await query(`{number="${number.replace('+', '00')}", source="sip"}`);
    expect(found.length).toBeGreaterThan(0);
    expect(await query(`{source="sip"} | number="${number}"`)).toEqual(found);
    expect(found.every(({ line }) => line.includes(number.slice(1)))).toBe(true);
  });

  it('13: what a search box takes finds the legs in which it stands, and nothing typed is no condition', async () => {
    const all = await query('{source="sip"}');
    const [first] = all;
    const callId = String(first?.labels.call_id);
    const found = await query(`{source="sip"} | search=${JSON.stringify(callId)}`);
    expect(found).toEqual(all.filter(({ labels }) => labels.call_id === callId));
    expect(await query('{source="sip"} | search="a name that nobody has"')).toEqual([]);
    for (const nothing of ['search', 'number']) {
      expect(await query(`{source="sip"} | ${nothing}=""`)).toEqual(all);
      expect(await query(`{source="sip", ${nothing}=""}`)).toEqual(all);
    }
  });

  it('14: the logs volume is a matrix by level alone', async () => {
    const volume = `sum by (level, detected_level) (count_over_time({call_id="${X}"} | drop __error__[1m]))`;
    const start = String((BigInt(ALL.start) / 60_000_000_000n) * 60_000_000_000n);
    const entries = await query(`{call_id="${X}"}`);
    const end = String((BigInt(entries[0]?.ns ?? '0') / 60_000_000_000n + 2n) * 60_000_000_000n);
    const { data } = await site.json(`${L}/query_range`, {
      query: volume,
      start: String(BigInt(end) - 3_600_000_000_000n),
      end,
      step: '60000ms',
    });
    expect(BigInt(start)).toBeLessThan(BigInt(end));
    expect(data.resultType).toBe('matrix');
    const counted = new Map<string, number>();
    for (const { metric, values } of data.result) {
      expect(Object.keys(metric)).toEqual(['level']);
      for (const [seconds, value] of values) {
        expect(typeof seconds).toBe('number');
        expect(value).toMatch(/^\d+$/);
      }
      counted.set(
        metric.level ?? '',
        values.reduce((sum, [, value]) => sum + Number(value), 0),
      );
    }
    for (const [level, count] of counted) {
      expect(count).toBe(entries.filter(({ metadata }) => metadata.level === level).length);
    }
    expect([...counted.values()].reduce((a, b) => a + b, 0)).toBe(entries.length);
  });

  it('15: counts, rates and bytes are those of the lines, at one moment and over steps', async () => {
    const lines = await query('{source="sip"} | response=~"5.."');
    const byHost = new Map<string, number>();
    for (const { labels } of lines) byHost.set(labels.host ?? '', (byHost.get(labels.host ?? '') ?? 0) + 1);
    const counted = await instant('sum by (host) (count_over_time({source="sip"} | response=~"5.." [20d]))');
    expect(new Map(counted.map(({ metric, value }) => [metric.host ?? '', Number(value)]))).toEqual(byHost);
    const [rate] = await instant('sum(rate({source="sip"} | response=~"5.." [20d]))');
    expect(Number(rate?.value)).toBeCloseTo(lines.length / (20 * 86_400), 12);
    const [bytes] = await instant('sum(bytes_over_time({source="sip"} | response=~"5.." [20d]))');
    expect(Number(bytes?.value)).toBe(lines.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0));
    expect(await instant('sum by (trunk) (count_over_time({source="sip"} | response=~"5.." [20d]))')).toEqual([
      { metric: {}, value: String(lines.length) },
    ]);
    const tenants = await instant('sum by (tenant) (count_over_time({source="sip"}[20d]))');
    const acme = (await query('{source="sip", tenant="acme"}')).length;
    expect(tenants.find(({ metric }) => metric.tenant === 'acme')?.value).toBe(String(acme));
    expect(await instant('max(sum by (host) (count_over_time({source="sip"} | response=~"5.." [20d])))')).toEqual([
      { metric: {}, value: String(Math.max(...byHost.values())) },
    ]);
    // A window that is longer than the step counts a line in each window that holds it.
    const [{ ns = '0' } = {}] = lines;
    const at = BigInt(ns) - 1_000_000n;
    const { data } = await site.json(`${L}/query_range`, {
      query: 'sum(count_over_time({source="sip"} | response=~"5.." [3m]))',
      start: String(at),
      end: String(at + 300_000_000_000n),
      step: '60s',
    });
    const moments = [0n, 1n, 2n, 3n, 4n, 5n].map((i) => at + i * 60_000_000_000n);
    const expected = moments.flatMap((moment) => {
      const count = lines.filter(
        (one) => BigInt(one.ns) <= moment && BigInt(one.ns) > moment - 180_000_000_000n,
      ).length;
      return count === 0 ? [] : [[Number(moment / 1_000_000n) / 1000, String(count)]];
    });
    expect(data.result.map(({ values }) => values)).toEqual([expected]);
  });

  it('16: what is not supported is refused with a text that begins with "parse error"', async () => {
    for (const text of [
      `{call_id="${X}"} | unwrap x`,
      '{source="sip"} | pattern "<a>"',
      '{source="sip"} | line_format "{{.x}}"',
      'sum(rate({source="sip"}[1m] offset 1h))',
      'rate({source="sip"}[1m]) > 2',
      'quantile_over_time(0.9, {source="sip"} | unwrap x [1m])',
      '{source="sip"',
      'source',
    ]) {
      const answer = JSON.parse(await site.ask(`${L}/query_range`, { query: text, ...ALL }, 400)) as {
        message: string;
      };
      expect(answer.message, text).toMatch(/^parse error/);
    }
    const text = await site.ask(`${L}/query_range`, { query: '{source="sip"}\n  & x', ...ALL }, 400);
    expect(JSON.parse(text)).toMatchObject({ message: 'parse error at line 2, col 3: syntax error: unexpected &' });
  });

  it("17: a log query at one moment is refused in Loki's words", async () => {
    const text = await site.ask(`${L}/query`, { query: `{call_id="${X}"}` }, 400);
    expect(text).toContain(
      'log queries are not supported as an instant query type, please change your query to a range',
    );
  });

  it('18: a selector that every line would match is refused', async () => {
    for (const text of ['{}', '{source=~".*"}', '{source!="sip"}', '{call_id=""}']) {
      expect(await site.ask(`${L}/query_range`, { query: text, ...ALL }, 400), text).toContain(
        'queries require at least one regexp or equality matcher',
      );
    }
  });

  it('19: the size of a query is four numbers', async () => {
    const entries = await query(`{call_id="${X}"}`);
    const stats = await site.json<Record<string, number>>(`${L}/index/stats`, { query: `{call_id="${X}"}`, ...ALL });
    expect(Object.keys(stats).toSorted()).toEqual(['bytes', 'chunks', 'entries', 'streams']);
    expect(stats.entries).toBe(entries.length);
    expect(stats.bytes).toBeGreaterThan(entries.length);
  });

  it('20: fields and their values are those of the structured metadata', async () => {
    const { fields, limit } = await site.json<{
      fields: { label: string; type: string; cardinality: number }[];
      limit: number;
    }>(`${L}/detected_fields`, { query: `{call_id="${X}"}`, ...ALL });
    expect(limit).toBe(1000);
    expect(fields.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['level', 'method', 'response', 'src_ip', 'trace_id', 'from_user', 'hostname', 'node']),
    );
    expect(fields.find(({ label }) => label === 'trace_id')?.cardinality).toBe(1);
    const { values } = await site.json<{ values: string[] }>(`${L}/detected_field/method/values`, {
      query: `{call_id="${X}"}`,
      ...ALL,
    });
    expect(values).toContain('INVITE');
  });

  it('21: there is nothing at other paths', async () => {
    await site.ask(`${L}/no_such_thing`, {}, 404);
    await site.ask('/loki/api/v2alpha/tail', {}, 404);
  });

  it('context: "Show context" of a line shows the whole call around it, whoever saw it', async () => {
    const lines = await query(`{call_id="${X}"}`);
    const row = lines.find(({ labels }) => labels.source === 'sip') ?? lines[0]!;
    const selector = `{${Object.entries(row.labels)
      .map(([label, value]) => `${label}="${value}"`)
      .join(',')}}`;
    const TWO_HOURS = 7_200_000_000_000n;
    const at = BigInt(row.ns);
    const before = await query(selector, { start: String(at - TWO_HOURS), end: String(at), limit: '100' });
    const after = await query(selector, {
      start: String(at),
      end: String(at + TWO_HOURS),
      limit: '100',
      direction: 'forward',
    });
    const older = lines.filter(({ ns }) => BigInt(ns) < at).slice(0, 100);
    expect(before.map(({ ns }) => ns)).toEqual(older.map(({ ns }) => ns));
    expect(new Set([...before, ...after].map(({ labels }) => labels.source))).toEqual(new Set(['sip', 'pbx']));
    // The same selector over another window is what it says.
    expect(new Set((await query(selector)).map(({ labels }) => labels.source))).toEqual(new Set(['sip']));
  });

  describe('22: live tail', () => {
    const socketOf = (text: string): WebSocket =>
      new WebSocket(`${site.url.replace('http', 'ws')}${L}/tail?${new URLSearchParams({ query: text })}`, {
        origin: 'https://grafana.example',
      });
    const messageOf = (callId: string, n: number): Buffer =>
      encodeHep({
        transport: 'udp',
        srcIp: '192.0.2.1',
        srcPort: 5060,
        dstIp: '192.0.2.2',
        dstPort: 5060,
        sentUs: Date.now() * 1000,
        protocol: 1,
        captureId: 7,
        payload: Buffer.from(
          `MESSAGE sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${n}\r\nFrom: <sip:alice@192.0.2.1>;tag=1\r\nTo: <sip:bob@192.0.2.2>\r\nCall-ID: ${callId}\r\nCSeq: ${n} MESSAGE\r\nContent-Length: 0\r\n\r\n`,
        ),
      });
    const sendTo = async (packet: Buffer): Promise<void> => {
      const udp = createSocket('udp4');
      await new Promise<void>((resolve, reject) =>
        udp.send(packet, site.running.hepUdp.port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
      );
      udp.close();
    };

    it('shows a line soon after it was sent, and no line of others', async () => {
      const socket = socketOf('{call_id="tail-1@test"}');
      const frames: {
        streams: { stream: Record<string, string>; values: [string, string][] }[];
        dropped_entries: null;
      }[] = [];
      socket.on('message', (data) => frames.push(JSON.parse(String(data))));
      await once(socket, 'open');
      let n = 0;
      // The first look tells what was there before; what is sent until then is no news.
      await until('a first line', async () => {
        n += 1;
        await sendTo(messageOf('tail-1@test', n));
        await sendTo(messageOf('tail-2@test', n));
        return frames.length > 0;
      });
      await sendTo(messageOf('tail-1@test', 1000));
      const seen = () =>
        frames.some(({ streams }) =>
          streams.some(({ values }) => values.some(([, line]) => line.includes('CSeq: 1000 '))),
        );
      // Some 0.3 s as a rule (test/bench/tail.ts); here others may keep the machine busy.
      await until('the new line', seen, { timeoutMs: 5000 });
      const streams = frames.flatMap((frame) => frame.streams);
      expect(new Set(streams.map(({ stream }) => stream.call_id))).toEqual(new Set(['tail-1@test']));
      expect(streams[0]?.stream).toMatchObject({ source: 'sip', method: 'MESSAGE' });
      expect(streams[0]?.values[0]?.[0]).toMatch(/^\d{19}$/);
      expect(frames.every((frame) => frame.dropped_entries === null)).toBe(true);
      const lines = streams.flatMap(({ values }) => values.map(([, line]) => line));
      expect(new Set(lines).size).toBe(lines.length);
      socket.close();
      await once(socket, 'close');
    });

    it.each(['{}', '{source="sip"', '{source="sip"} | unwrap x', '{source="sip"} |~ "("', 'vector(1)'])(
      'closes with a reason on a query that cannot be answered: %s',
      async (text) => {
        const socket = socketOf(text);
        const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
        expect(code).toBe(1008);
        expect(String(reason)).toMatch(/^parse error/);
      },
    );
  });
});
