import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Diagnosis } from '../../api/diagnosis-schemas.ts';
import type { Ladder, Step } from '../../api/schemas.ts';
import { encodeHep } from '../../collector/hep/encode.ts';
import type { Endpoint } from '../../core/config/config.ts';
import { createUdpSender } from '../replay/hep-sender.ts';
import { startTestCalltrail, type TestCalltrail } from './calltrail.ts';
import { CAPTURE_ID, startKamailio } from './kamailio.ts';
import { needs } from './needs.ts';
import { freePort, hasIpv6 } from './ports.ts';
import type { Program } from './program.ts';
import { type PlacedCall, type Sipp, type SippMessage, startCallee, startCaller } from './sipp.ts';
import { until } from './until.ts';

/** Groups of calls; the called number's beginning decides who answers, so each group has its own. */
const GROUPS = [
  { name: 'caller-ends', caller: 'caller-ends', callee: 'answers', count: 8, outcome: 'answered', status: 200 },
  {
    name: 'callee-ends',
    caller: 'callee-ends-caller',
    callee: 'callee-ends',
    count: 5,
    outcome: 'answered',
    status: 200,
  },
  { name: 'busy', caller: 'refused', callee: 'busy', count: 5, outcome: 'busy', status: 486 },
  { name: 'gives-up', caller: 'gives-up', callee: 'rings', count: 4, outcome: 'cancelled', status: 487 },
  { name: 'late-ack', caller: 'caller-ends', callee: 'answers', count: 2, outcome: 'answered', status: 200 },
  { name: 'slow-callee', caller: 'caller-ends', callee: 'answers', count: 2, outcome: 'answered', status: 200 },
  { name: 'tcp', caller: 'caller-ends', callee: 'answers', count: 2, outcome: 'answered', status: 200 },
  ...(hasIpv6()
    ? [{ name: 'ipv6', caller: 'caller-ends', callee: 'answers', count: 2, outcome: 'answered', status: 200 }]
    : []),
] as const;

/**
 * Calls with a fault that is made, a group each as above, and what has to be said of them. A loop is a number that leads
 * Kamailio to itself.
 */
const FAULTS = [
  {
    name: 'never-acked',
    caller: 'never-acknowledges',
    callee: 'unacknowledged',
    verdict: 'missing_ack',
    pauseMs: 3000,
  },
  { name: 'silent', caller: 'refused', callee: 'silent', verdict: 'no_response' },
  { name: 'no-codec', caller: 'refused', callee: 'not-acceptable', verdict: 'codec_mismatch' },
  { name: 'loop', caller: 'refused', verdict: 'loop', hops: 3 },
] as const;
/** What is said of the calls of the other groups; of those that are not here nothing. */
const SAID: Readonly<Record<string, string>> = { busy: 'busy', 'gives-up': 'caller_gave_up' };
/** Shorter than the 4 s after which a caller asks again, longer than the slow callee. */
const PATIENCE_MS = 3000;

/** Longer than the 500 ms after which Kamailio and sipp repeat what nobody confirmed (RFC 3261 T1). */
const LONG_PAUSE_MS = 800;

const callsOf = (group: number, count: number): PlacedCall[] =>
  Array.from({ length: count }, (_, i) => ({
    from: `+1415555${1000 + group * 100 + i}`,
    name: `Caller ${group}-${i}`,
    to: `+4930610${100 + group}${10 + i}`,
  }));

interface Group {
  readonly name: string;
  readonly outcome: string;
  readonly status: number;
  readonly calls: readonly PlacedCall[];
  readonly caller: Sipp;
  readonly callee: Sipp;
}

needs('kamailio', 'sipp')('calls through a Kamailio that reports over HEP', () => {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-kamailio-'));
  const programs: Program[] = [];
  const groups: Group[] = [];
  const faults: { readonly verdict: string; readonly calls: readonly PlacedCall[]; readonly caller: Sipp }[] = [];
  let calltrail: TestCalltrail;

  beforeAll(async () => {
    calltrail = await startTestCalltrail();
    const endpoint = async (host: string): Promise<Endpoint> => ({ host, port: await freePort(host) });
    const callees = await Promise.all(
      GROUPS.map(async ({ name, callee }) => {
        const pauseMs = name === 'slow-callee' ? LONG_PAUSE_MS : 0;
        const at = await endpoint('127.0.0.21');
        return startCallee({ name: `${name}.callee`, directory, scenario: callee, at, pauseMs });
      }),
    );
    const faulty = await Promise.all(
      FAULTS.map(async (fault) =>
        'callee' in fault
          ? startCallee({
              name: `${fault.name}.callee`,
              directory,
              scenario: fault.callee,
              at: await endpoint('127.0.0.21'),
            })
          : undefined,
      ),
    );
    programs.push(...[...callees, ...faulty].flatMap((callee) => callee?.program ?? []));
    const listen = await endpoint('127.0.0.10');
    const listen6 = hasIpv6() ? await endpoint('::1') : undefined;
    const kamailio = await startKamailio({
      directory,
      listen,
      ...(listen6 === undefined ? {} : { listen6 }),
      hep: calltrail.hepUdp,
      routes: [
        ...callees.map(({ at }, i) => [`+4930610${100 + i}`, at] as const),
        ...faulty.map((callee, i) => [`+4930610${200 + i}`, callee?.at ?? listen] as const),
      ],
      patienceMs: PATIENCE_MS,
    });
    programs.push(kamailio);
    for (const [i, { name, caller: scenario, count, outcome, status }] of GROUPS.entries()) {
      const calls = callsOf(i, count);
      const isIpv6 = name === 'ipv6' && listen6 !== undefined;
      const caller = startCaller({
        name: `${name}.caller`,
        directory,
        scenario,
        at: await endpoint(isIpv6 ? '::1' : '127.0.0.11'),
        to: isIpv6 ? listen6 : listen,
        calls,
        transport: name === 'tcp' ? 'tcp' : 'udp',
        pauseMs: name === 'late-ack' ? LONG_PAUSE_MS : 0,
      });
      programs.push(caller.program);
      groups.push({ name, outcome, status, calls, caller, callee: callees[i] as Sipp });
    }
    for (const [i, { name, caller: scenario, verdict, ...more }] of FAULTS.entries()) {
      const calls = callsOf(100 + i, 1);
      const caller = startCaller({
        ...{ name: `${name}.caller`, directory, scenario, to: listen, calls, transport: 'udp' as const },
        at: await endpoint('127.0.0.11'),
        ...('pauseMs' in more ? { pauseMs: more.pauseMs } : {}),
        ...('hops' in more ? { hops: more.hops } : {}),
      });
      programs.push(caller.program);
      faults.push({ verdict, calls, caller });
    }
    const callers = [...groups, ...faults].map(({ caller }) => caller);
    const codes = await Promise.all(callers.map(({ program }) => program.ended));
    // What still is on its way has been sent when Kamailio has ended, and received when the callees have.
    await kamailio.stop();
    await Promise.all([...callees, ...faulty].map((callee) => callee?.program.stop()));
    const errors = [...GROUPS, ...FAULTS]
      .map(({ name }) => readIfThere(join(directory, `${name}.caller.errors`)))
      .join('');
    expect(codes, `${errors}\n${kamailio.output()}`).toEqual(callers.map(() => 0));
    await sendMark(calltrail);
  }, 90_000);

  afterAll(async () => {
    await Promise.all(programs.map((program) => program.stop()));
    await calltrail?.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 30_000);

  const each = groupsToTest();

  test.each(each)(
    '%s: each call is found by its numbers, however they are written, and no other call is',
    async (name) => {
      for (const { from, to } of groupOf(name).calls) {
        const digits = to.slice(1);
        const national = `0${to.slice(3)}`;
        const written = [
          to,
          `00${digits}`,
          `(${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`,
          `%2B${digits}`,
          digits.slice(-8),
          `${from.slice(0, 2)} (${from.slice(2, 5)}) ${from.slice(5, 8)}-${from.slice(8)}`,
        ];
        const found = await Promise.all(written.map((form) => calltrail.search(form)));
        for (const [i, { calls, more }] of found.entries()) {
          const numbers = calls.map((call) => ({ from: call.from.number, to: call.to.number }));
          expect(numbers, written[i]).toEqual([{ from, to }]);
          expect(more).toBe(false);
        }
      }
    },
  );

  test.each(each)('%s: each call ended as the two ends saw it end', async (name) => {
    const { outcome, status, calls, caller } = groupOf(name);
    const byCall = perCall(caller.messages());
    expect(byCall.size).toBe(calls.length);
    for (const { from, name: shown, to } of calls) {
      const found = (await calltrail.search(to)).calls[0];
      const [callId] = [...byCall].find(([, messages]) => messages[0]?.text.includes(`sip:${to}@`)) ?? [];
      expect(found).toMatchObject({
        outcome,
        finalStatus: status,
        callIds: [callId],
        from: { number: from, name: shown },
        legCount: 1,
        truncated: false,
      });
      if (status === 200) expect(found?.hungUpBy).toBe(name === 'callee-ends' ? 'callee' : 'caller');
    }
  });

  test.each(each)('%s: the ladder holds what sipp sent and received, each sending once, byte by byte', async (name) => {
    const { caller, callee } = groupOf(name);
    const atCaller = perCall(caller.messages());
    const atCallee = perCall(callee.messages());
    expect([...atCallee.keys()].sort()).toEqual([...atCaller.keys()].sort());
    for (const [callId, outer] of atCaller) {
      const ladder = await calltrail.ladder(callId);
      const steps = ladder.steps.filter(({ kind }) => kind === 'message');
      const inner = atCallee.get(callId) ?? [];
      expect(drawn(steps, caller.at, 'sent')).toEqual(texts(outer, 'sent'));
      expect(drawn(steps, caller.at, 'received')).toEqual(texts(outer, 'received'));
      expect(drawn(steps, callee.at, 'sent')).toEqual(texts(inner, 'sent'));
      expect(drawn(steps, callee.at, 'received')).toEqual(texts(inner, 'received'));
      expect(steps).toHaveLength(outer.length + inner.length);
      expectCausalOrder(ladder);
    }
  });

  test('all in all there are as many arrows as sipp counted messages, and nothing was lost on the way', async () => {
    let counted = 0;
    for (const { caller, callee } of groups) counted += caller.messages().length + callee.messages().length;
    const ids = groups.flatMap(({ caller }) => [...perCall(caller.messages()).keys()]);
    expect(new Set(ids).size).toBe(GROUPS.reduce((sum, { count }) => sum + count, 0));
    const ladders = await Promise.all(ids.map((id) => calltrail.ladder(id)));
    expect(ladders.reduce((sum, { steps }) => sum + steps.length, 0)).toBe(counted);
    // Of calls with a fault sipp does not see all: what Kamailio sends to itself, say.
    const faulty = await Promise.all(faults.flatMap(({ calls }) => calls.map(({ to }) => stepsOf(to))));
    const more = faulty.reduce((sum, steps) => sum + steps.length, 0);
    // The mark is the one that sipp did not count.
    expect(await calltrail.counted('calltrail_received_total', 'kind="sip"')).toBe(counted + more + 1);
    expect(await calltrail.counted('calltrail_rejected_total')).toBe(0);
    expect(await calltrail.counted('calltrail_lost_total')).toBe(0);
  });

  test('what was sent again is drawn again, and marked', async () => {
    const again = async (name: string): Promise<string[]> => {
      const ids = [...perCall(groupOf(name).caller.messages()).keys()];
      const ladders = await Promise.all(ids.map((id) => calltrail.ladder(id)));
      return ladders.flatMap(({ steps }) => steps.filter((step) => step.retransmission).map(({ title }) => title));
    };
    const late = await again('late-ack');
    // From the callee to Kamailio and from there to the caller, in each of two calls.
    expect(late.length).toBeGreaterThanOrEqual(4);
    expect(new Set(late)).toEqual(new Set(['200 OK']));
    const slow = await again('slow-callee');
    expect(slow.length).toBeGreaterThanOrEqual(2);
    expect(slow).toContain('INVITE');
  });

  test('each message has one witness, the Kamailio, and the transport it really had', async () => {
    const { caller } = groupOf('tcp');
    for (const callId of perCall(caller.messages()).keys()) {
      const { steps } = await calltrail.ladder(callId);
      for (const step of steps) {
        expect(step.seenBy.map(({ sensor }) => sensor)).toEqual([`hep ${CAPTURE_ID}`]);
        expect(step.transport).toBe(isEnd(step.src, caller.at) || isEnd(step.dst, caller.at) ? 'tcp' : 'udp');
        expect(step.flaw).toBe('');
      }
    }
  });

  test.each(FAULTS.map(({ name, verdict }, i) => [name, verdict, i] as const))(
    '%s: exactly %s is said, and rows that are there prove it',
    async (_name, verdict, i) => {
      for (const { to } of faults[i]?.calls ?? []) {
        const { verdicts } = await diagnosisOf(to);
        expect(verdicts.map(({ id }) => id)).toEqual([verdict]);
        const ids = new Set((await stepsOf(to)).map(({ id }) => id));
        const cited = verdicts.flatMap(({ evidence }) => evidence.map(({ id }) => id));
        expect(cited.length).toBeGreaterThan(0);
        expect(cited.filter((id) => !ids.has(id))).toEqual([]);
      }
    },
  );

  test.each(each)('%s: what is said of the calls is what people did, and of healthy ones nothing', async (name) => {
    for (const { to } of groupOf(name).calls) {
      const { verdicts } = await diagnosisOf(to);
      expect(verdicts.map(({ id }) => id)).toEqual(SAID[name] === undefined ? [] : [SAID[name]]);
    }
  });

  const keyOf = async (number: string): Promise<string> => (await calltrail.search(number)).calls[0]?.id ?? '';
  const stepsOf = async (number: string): Promise<readonly Step[]> =>
    (await calltrail.ladder(await keyOf(number))).steps.filter(({ kind }) => kind === 'message');
  const diagnosisOf = async (number: string): Promise<Diagnosis> =>
    (await (
      await fetch(`${calltrail.httpUrl}/api/calls/${encodeURIComponent(await keyOf(number))}/diagnosis`)
    ).json()) as Diagnosis;

  function groupOf(name: string): Group {
    const group = groups.find((one) => one.name === name);
    if (group === undefined) throw new Error(`no group ${name}`);
    return group;
  }
});

const groupsToTest = (): string[] => GROUPS.map(({ name }) => name);

const endpointText = ({ host, port }: Endpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
const isEnd = (place: string | null, at: Endpoint): boolean => place === endpointText(at);

/** In the order of their text: two sensors' clocks, or sipp's log, are not what is compared here. */
const texts = (messages: readonly SippMessage[], direction: SippMessage['direction']): string[] =>
  messages
    .filter((message) => message.direction === direction)
    .map(({ text }) => text)
    .sort();

const drawn = (steps: readonly Step[], at: Endpoint, direction: SippMessage['direction']): string[] =>
  steps
    .filter(({ src, dst }) => isEnd(direction === 'sent' ? src : dst, at))
    .map(({ raw }) => raw)
    .sort();

function perCall(messages: readonly SippMessage[]): Map<string, SippMessage[]> {
  const calls = new Map<string, SippMessage[]>();
  for (const message of messages) {
    const callId = /^Call-ID: (\S+)/im.exec(message.text)?.[1];
    if (callId === undefined) throw new Error(`sipp wrote a message without Call-ID:\n${message.text}`);
    calls.set(callId, [...(calls.get(callId) ?? []), message]);
  }
  return calls;
}

/** The call begins with its INVITE, and no answer to a request of the dialog stands before that request. */
function expectCausalOrder({ steps }: Ladder): void {
  expect(steps[0]?.method).toBe('INVITE');
  const asked = new Set<string>();
  for (const { raw, status, src, dst } of steps) {
    const branch = /^Via:[^,]*?;branch=([^;,\s]+)/im.exec(raw)?.[1] ?? '';
    const method = /^CSeq: \d+ (\w+)/im.exec(raw)?.[1] ?? '';
    if (status === null) asked.add(`${branch} ${method} ${dst}`);
    else expect(asked.has(`${branch} ${method} ${src}`), raw).toBe(true);
  }
}

const readIfThere = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** One last packet on the same socket: when it is stored, everything before it is. */
async function sendMark({ hepUdp, search, settled }: TestCalltrail): Promise<void> {
  const callId = 'mark@calltrail.test';
  const payload = `OPTIONS sip:mark@192.0.2.1 SIP/2.0\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\n\r\n`;
  const sender = await createUdpSender(hepUdp);
  try {
    await sender.send([
      encodeHep({
        transport: 'udp',
        srcIp: '192.0.2.1',
        srcPort: 5060,
        dstIp: '192.0.2.2',
        dstPort: 5060,
        sentUs: Date.now() * 1000,
        protocol: 1,
        captureId: 1,
        payload: Buffer.from(payload),
      }),
    ]);
  } finally {
    await sender.close();
  }
  await until('the mark is stored', async () => {
    await settled();
    return (await search(callId)).calls.length > 0;
  });
}
