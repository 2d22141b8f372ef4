import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Step } from '../../api/schemas.ts';
import { encodeHep } from '../../collector/hep/encode.ts';
import type { Endpoint } from '../../core/config/config.ts';
import type { ConfigFile } from '../../core/config/schema.ts';
import { createRandom } from '../generate/random.ts';
import { createUdpSender } from '../replay/hep-sender.ts';
import { startTestCalltrail, type TestCalltrail } from '../system/calltrail.ts';
import { CAPTURE_ID, startKamailio } from '../system/kamailio.ts';
import { needs } from '../system/needs.ts';
import { freePort } from '../system/ports.ts';
import type { Program } from '../system/program.ts';
import { type Sipp, startCallee, startCaller } from '../system/sipp.ts';
import { until } from '../system/until.ts';

const SECRET = 'golden-Twenty_1';
const CALL = { from: '+14155550120', name: 'Caller', to: '+493061020' };
const KNOWN: ConfigFile['correlation'] = { topologyHiding: [{ kind: 'kamailio', secret: SECRET }] };

/** Nobody has a recording of it, so a real Kamailio plays it. */
needs('kamailio', 'sipp')('golden scenarios: a Kamailio that disguises Call-IDs', () => {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-topoh-'));
  const programs: Program[] = [];
  const calltrails: TestCalltrail[] = [];
  let live: TestCalltrail;
  let caller: Sipp;
  let callee: Sipp;
  let steps: readonly Step[];
  let inner = '';
  let masked = '';

  const startWith = async (correlation: ConfigFile['correlation']): Promise<TestCalltrail> => {
    const calltrail = await startTestCalltrail(correlation);
    calltrails.push(calltrail);
    return calltrail;
  };

  beforeAll(async () => {
    live = await startWith(KNOWN);
    const endpoint = async (host: string): Promise<Endpoint> => ({ host, port: await freePort(host) });
    callee = await startCallee({ name: 'callee', directory, scenario: 'answers', at: await endpoint('127.0.0.21') });
    programs.push(callee.program);
    const listen = await endpoint('127.0.0.10');
    const routes = [['+49', callee.at]] as const;
    const kamailio = await startKamailio({ directory, listen, hep: live.hepUdp, routes, maskKey: SECRET });
    programs.push(kamailio);
    const at = await endpoint('127.0.0.11');
    const call = { directory, at, to: listen, calls: [CALL], transport: 'udp' } as const;
    caller = startCaller({ name: 'caller', scenario: 'caller-ends', ...call });
    programs.push(caller.program);
    expect(await caller.program.ended, kamailio.output()).toBe(0);
    await kamailio.stop();
    await callee.program.stop();
    inner = callIdOf(caller);
    masked = callIdOf(callee);
    await received(live, caller.messages().length + callee.messages().length);
    ({ steps } = await live.ladder(inner));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(programs.map((program) => program.stop()));
    await Promise.all(calltrails.map((calltrail) => calltrail.stop()));
    rmSync(directory, { recursive: true, force: true });
  }, 30_000);

  test('golden 20: the Call-ID before the proxy and the one behind it lead to the same one call', async () => {
    expect(masked).toMatch(/^!!:/);
    await expectOneCall(live);
    expect(await live.counted('calltrail_rejected_total')).toBe(0);
  });

  test('golden 20, what siptrace reports: each message as it was on the wire, masked behind the proxy', () => {
    const own = (at: Endpoint): string[] =>
      steps.filter(({ src, dst }) => [src, dst].includes(`${at.host}:${at.port}`)).map(({ raw }) => raw);
    for (const end of [caller, callee]) {
      expect(own(end.at).sort()).toEqual(
        end
          .messages()
          .map(({ text }) => text)
          .sort(),
      );
    }
  });

  test('golden 20, shuffled and with everything twice: the same one call', async () => {
    const calltrail = await startWith(KNOWN);
    await send(calltrail, createRandom(20).shuffled([...steps, ...steps]));
    expect((await calltrail.ladder(masked)).steps).toHaveLength(steps.length);
    await expectOneCall(calltrail);
  });

  test('golden 20, without the key: two calls, and neither has anything of the other', async () => {
    const calltrail = await startWith({ topologyHiding: [{ kind: 'kamailio', secret: 'another' }] });
    await send(calltrail, steps);
    for (const callId of [inner, masked]) {
      expect((await calltrail.call(callId)).callIds).toEqual([callId]);
    }
    const { calls } = await calltrail.search(CALL.to);
    expect(calls.map(({ callIds }) => callIds).sort()).toEqual([[masked], [inner]].sort());
  });

  test.each([
    ['before', () => caller],
    ['behind', () => callee],
  ] as const)('golden 20, with the side %s the proxy alone: the call is found by both Call-IDs', async (_, sideOf) => {
    const { host, port } = sideOf().at;
    const seen = steps.filter(({ src, dst }) => [src, dst].includes(`${host}:${port}`));
    const calltrail = await startWith(KNOWN);
    await send(calltrail, seen);
    const answers = await Promise.all([inner, masked].map((callId) => calltrail.call(callId)));
    for (const { callIds, from } of answers) {
      expect(callIds).toContain(callIdOf(sideOf()));
      expect(from.number).toBe(CALL.from);
    }
  });

  async function expectOneCall(calltrail: TestCalltrail): Promise<void> {
    const [first, second] = await Promise.all([inner, masked].map((callId) => calltrail.call(callId)));
    expect(first).toEqual(second);
    expect(first).toMatchObject({ callIds: [inner, masked], outcome: 'answered', hungUpBy: 'caller' });
    expect(first?.edges.map(({ why, tier }) => `${why} ${tier}`)).toEqual(['topology_hiding protocol']);
    const { calls } = await calltrail.search(CALL.to);
    expect(calls.map(({ callIds }) => callIds)).toEqual([[inner, masked]]);
  }
});

const callIdOf = (end: Sipp): string => /^Call-ID: (\S+)/im.exec(end.messages()[0]?.text ?? '')?.[1] ?? '';

/** Resolves when so many messages came and are stored. */
async function received({ counted, settled }: TestCalltrail, count: number): Promise<void> {
  await until(`${count} messages`, async () => (await counted('calltrail_received_total')) >= count);
  await settled();
}

/** As Kamailio sent them. */
async function send(calltrail: TestCalltrail, steps: readonly Step[]): Promise<void> {
  const sender = await createUdpSender(calltrail.hepUdp);
  try {
    await sender.send(
      steps.map(({ src, dst, atUs: sentUs, raw }) => {
        const [srcIp = '', srcPort] = src?.split(':') ?? [];
        const [dstIp = '', dstPort] = dst?.split(':') ?? [];
        const ends = { srcIp, srcPort: Number(srcPort), dstIp, dstPort: Number(dstPort) };
        return encodeHep({
          ...ends,
          transport: 'udp',
          sentUs,
          protocol: 1,
          captureId: CAPTURE_ID,
          payload: Buffer.from(raw),
        });
      }),
    );
  } finally {
    await sender.close();
  }
  await received(calltrail, steps.length);
}
