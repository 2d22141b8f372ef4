import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Health, Problem } from '../../api/schemas.ts';
import { encodeHep } from '../../collector/hep/encode.ts';
import { encodePcap } from '../../core/pcap/write.ts';
import { createUdpSender, type HostPort } from '../replay/hep-sender.ts';
import { type Asked, ask } from './calltrail.ts';
import { type Program, startProgram } from './program.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Starting takes about a second; several times that on a busy machine. */
const TIMEOUT = 60_000;

interface Started extends Asked {
  readonly program: Program;
  readonly url: string;
  readonly hep: HostPort;
}

interface Change {
  readonly http?: number;
  readonly hepUdp?: string;
  readonly store?: string;
}

/** A configuration on free ports of loopback, with its store in the same directory. */
function configureIn(directory: string, name: string, change: Change): string {
  const file = join(directory, name);
  const { http = 0, hepUdp = '127.0.0.1:0', store = join(directory, 'store') } = change;
  writeFileSync(
    file,
    `http: { host: 127.0.0.1, port: ${http} }\nstore: { path: "${store}" }\n` +
      `collector: { hep: { udp: "${hepUdp}", tcp: "127.0.0.1:0" } }\n`,
  );
  return file;
}

const runCalltrail = (...args: string[]): Program =>
  startProgram(process.execPath, ['main.ts', ...args], { cwd: ROOT, stopMs: 20_000 });

async function started(program: Program): Promise<Started> {
  const [, url = '', host = '', port] = await until(
    'Calltrail says where it is',
    () => {
      const line = / is at (http:\S+) and takes HEP at (\S+):(\d+) \(UDP/.exec(program.output());
      if (line === null && !program.isRunning()) throw new Error(`Calltrail ended:\n${program.output()}`);
      return line ?? undefined;
    },
    { state: program.output },
  );
  return { ...ask(url), program, url, hep: { host, port: Number(port) } };
}

describe('Calltrail as a program', { timeout: TIMEOUT }, () => {
  let directory: string;
  let programs: Program[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'calltrail-start-'));
    programs = [];
  });
  afterEach(async () => {
    await Promise.all(programs.map((program) => program.stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  const configure = (change: Change = {}): string => configureIn(directory, `config-${programs.length}.yaml`, change);

  const run = (...args: string[]): Program => {
    const program = runCalltrail(...args);
    programs.push(program);
    return program;
  };

  const start = (config = configure()): Promise<Started> => started(run('--config', config));

  describe('that runs', () => {
    let one: Started;
    let home: string;
    let store: string;
    beforeAll(async () => {
      home = mkdtempSync(join(tmpdir(), 'calltrail-started-'));
      store = join(home, 'store');
      one = await started(runCalltrail('--config', configureIn(home, 'config.yaml', {})));
    }, TIMEOUT);
    afterAll(async () => {
      await one?.program.stop();
      rmSync(home, { recursive: true, force: true });
    });

    test('serves the API, its description, its health and its metrics where it says it is', async () => {
      const { get } = one;

      const health = await get('/healthz');
      expect(health.status).toBe(200);
      const { status, store, sources } = (await health.json()) as Health;
      expect({ status, store }).toEqual({ status: 'ok', store: { state: 'up' } });
      expect(sources.map(({ name, state }) => `${name} ${state}`)).toEqual(['hep-udp up', 'hep-tcp up']);

      const metrics = await get('/metrics');
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(await metrics.text()).toContain('calltrail_source_up{source="hep-udp"} 1');

      const openapi = (await (await get('/api/openapi.json')).json()) as { openapi: string; paths: object };
      expect(openapi.openapi).toMatch(/^3\./);
      expect(Object.keys(openapi.paths)).toEqual(
        expect.arrayContaining(['/api/search', '/api/calls/{key}', '/api/calls/{key}/ladder', '/healthz', '/metrics']),
      );

      const search = await get('/api/search');
      expect(await search.json()).toEqual({ calls: [], more: false });
    });

    test('answers what it cannot do with a code and a sentence', async () => {
      const { get } = one;
      const refused: [path: string, status: number, error: string][] = [
        ['/api/nothing', 404, 'not_found'],
        ['/api/calls/nobody%40example.net', 404, 'unknown_key'],
        ['/api/calls/nobody/ladder', 404, 'unknown_key'],
        ['/api/search?limit=many', 400, 'bad_parameter'],
        ['/api/search?from=yesterday', 400, 'bad_parameter'],
        ['/api/search?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z', 400, 'bad_parameter'],
        ['/api/calls/nobody/steps/1', 400, 'bad_parameter'],
      ];
      for (const [path, status, error] of refused) {
        const response = await get(path);
        const problem = (await response.json()) as Problem;
        expect([path, response.status, problem.error]).toEqual([path, status, error]);
        expect(problem.message).toMatch(/^[A-Z].{20,}/);
      }
    });

    test('says in one sentence that the HEP port is in use', async () => {
      const { port } = one.hep;
      const program = run('--config', configure({ hepUdp: `127.0.0.1:${port}` }));
      expect(await program.ended).toBe(1);
      expect(complaints(program)).toEqual([inUse(port)]);
    });

    test('says in one sentence that the store is open in another process, which goes on', async () => {
      const config = configure({ store });
      for (const args of [
        ['--config', config],
        ['import', capture(directory), '--config', config],
      ]) {
        const program = run(...args);
        expect(await program.ended).toBe(1);
        expect(complaints(program)).toEqual([`${store} is in use by another process: only one can have it open`]);
      }
      expect((await one.get('/healthz')).status).toBe(200);
    });

    test('ends in order at SIGINT, as with Ctrl-C, which its store receives as well', async () => {
      const { program } = one;
      process.kill(-program.pid, 'SIGINT');
      expect(await program.ended).toBe(0);
      expect(program.output()).not.toMatch(/error/i);
    });
  });

  test('npm start makes the page ready and serves it', async () => {
    // As an operator's shell has it: under the test runner's NODE_ENV another kind of page would be built.
    const env = { ...process.env, NODE_ENV: 'production' };
    const program = startProgram('npm', ['start', '--', '--config', configure()], { cwd: ROOT, env, stopMs: 20_000 });
    programs.push(program);
    const { get } = await started(program);
    for (const path of ['/', '/calls/some%40call']) {
      const page = await get(path);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const html = await page.text();
      const script = /<script type="module"[^>]* src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? 'no script';
      expect((await get(script)).status).toBe(200);
    }
    process.kill(-program.pid, 'SIGINT');
    await program.ended;
    expect(program.output()).not.toMatch(/error/i);
  });

  test('stores what it received before it ends at SIGTERM, and has it after a restart', async () => {
    const config = configure();
    const { program, hep, counted } = await start(config);
    const calls = Array.from({ length: 300 }, (_, i) => `stored-${i}@example.net`);
    const sender = await createUdpSender(hep);
    await sender.send(calls.map((callId, i) => hepOf(callId, Date.now() * 1000 + i)));
    await sender.close();
    await until('all is received', async () => (await counted('calltrail_received_total')) === calls.length);
    program.signal('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.output()).toContain('storing what was received');

    const again = await start(config);
    const response = await again.get('/api/search?q=555100&limit=500');
    const { calls: stored, more } = (await response.json()) as { calls: { id: string }[]; more: boolean };
    expect(stored.map(({ id }) => id).sort()).toEqual([...calls].sort());
    expect(more).toBe(false);
    expect((await again.ladder(calls[0] as string)).steps.map(({ title }) => title)).toEqual(['INVITE']);
  });

  test('says in one sentence that the HTTP port is in use', async () => {
    const { server, port } = await listen();
    const program = run('--config', configure({ http: port }));
    expect(await program.ended).toBe(1);
    server.close();
    expect(complaints(program)).toEqual([inUse(port)]);
  });

  test('lists every mistake of a configuration, and does not start', async () => {
    const file = join(directory, 'wrong.yaml');
    writeFileSync(
      file,
      'http: { port: 70000, hots: x }\nstore: { kind: sqlite }\ncollector: { hep: { udp: "9060" } }\n',
    );
    const program = run('--config', file);
    expect(await program.ended).toBe(1);
    const lines = complaints(program);
    expect(lines).toHaveLength(4);
    for (const setting of ['http.hots', 'http.port', 'store.kind', 'collector.hep.udp']) {
      expect(lines.filter((line) => line.startsWith(`${setting}: `))).toHaveLength(1);
    }
  });

  test('says which file it cannot read, and what it can be told to do', async () => {
    const missing = run('--config', join(directory, 'no.yaml'));
    expect(await missing.ended).toBe(1);
    expect(missing.output()).toContain(`${join(directory, 'no.yaml')} cannot be read`);
    const unknown = run('begin');
    expect(await unknown.ended).toBe(2);
    expect(unknown.output()).toMatch(/^There is no command "begin"\.\n\nCalltrail shows the whole call\./);
    const help = run('--help');
    expect(await help.ended).toBe(0);
    expect(help.output()).toContain('npm run import');
  });

  test('finds the calls of an imported capture file, once however often it is imported', async () => {
    const config = configure();
    const file = capture(directory);
    for (let time = 0; time < 2; time++) {
      const program = run('import', file, '--config', config);
      expect(await program.ended).toBe(0);
      expect(program.output()).toContain(`${file}: 3 SIP messages of 3 packets\n`);
    }
    const { search, ladder } = await start(config);
    const { calls } = await search('0049 30 555 100');
    expect(calls).toMatchObject([{ id: 'imported@example.net', outcome: 'busy', finalStatus: 486 }]);
    const { steps } = await ladder('imported@example.net');
    expect(steps.map(({ title }) => title)).toEqual(['INVITE', '486 Busy Here', 'ACK']);
    expect(steps.map(({ seenBy }) => seenBy.length)).toEqual([1, 1, 1]);
  });

  test('says that an import is nothing without a file, and that a file is none', async () => {
    const none = run('import');
    expect(await none.ended).toBe(2);
    expect(none.output()).toMatch(/^Which file\?/);
    const config = configure();
    const missing = run('import', join(directory, 'no.pcap'), '--config', config);
    expect(await missing.ended).toBe(1);
    expect(complaints(missing).join('\n')).toContain('no.pcap');
  });
});

const inUse = (port: number): string =>
  `127.0.0.1:${port} is in use by another program: stop that one, or configure another port`;

/** What stands in the output apart from the log. */
const complaints = (program: Program): string[] =>
  program
    .output()
    .split('\n')
    .filter((line) => line !== '' && !/^\d{4}-\d\d-\d\dT\S+ (info|warn) /.test(line));

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}

const sip = (callId: string, start: string, cseq: string): Buffer =>
  Buffer.from(
    [
      start,
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
      'From: <sip:+14155550100@example.net>;tag=a',
      `To: <sip:+4930555100@example.net>${cseq === '1 INVITE' && !start.startsWith('SIP') ? '' : ';tag=b'}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq}`,
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n'),
  );

const PLACE = { transport: 'udp', srcIp: '192.0.2.1', srcPort: 5060, dstIp: '192.0.2.2', dstPort: 5060 } as const;

const hepOf = (callId: string, sentUs: number): Buffer =>
  encodeHep({
    ...PLACE,
    sentUs,
    protocol: 1,
    captureId: 1,
    payload: sip(callId, 'INVITE sip:+4930555100@192.0.2.2 SIP/2.0', '1 INVITE'),
  });

/** A call to somebody who is busy, as a capture file. */
function capture(directory: string): string {
  const file = join(directory, 'busy.pcap');
  const callId = 'imported@example.net';
  const back = { transport: 'udp', srcIp: '192.0.2.2', srcPort: 5060, dstIp: '192.0.2.1', dstPort: 5060 } as const;
  const nowUs = Date.now() * 1000;
  const messages = [
    { ...PLACE, atUs: nowUs, payload: sip(callId, 'INVITE sip:+4930555100@192.0.2.2 SIP/2.0', '1 INVITE') },
    { ...back, atUs: nowUs + 1000, payload: sip(callId, 'SIP/2.0 486 Busy Here', '1 INVITE') },
    { ...PLACE, atUs: nowUs + 2000, payload: sip(callId, 'ACK sip:+4930555100@192.0.2.2 SIP/2.0', '1 ACK') },
  ];
  writeFileSync(file, encodePcap(messages));
  return file;
}
