import { createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAmiSource } from '../../../collector/ami/client.ts';
import { EVENT_MASK } from '../../../collector/ami/interest.ts';
import { allHeaders, headerOf } from '../../../core/model/capture-event.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { createAmiReplayServer } from '../../replay/ami-server.ts';
import { createKeepingBus, eventually } from '../esl/harness.ts';
import { frameOf, recording } from './fixtures.ts';
import { ACCOUNT, setUp, startSource } from './harness.ts';

const CALLS = recording('31-asterisk-channel-uuid');
const isOfMask = (bytes: Buffer): boolean =>
  EVENT_MASK.split(',').includes(/^Privilege: (\w+)/m.exec(bytes.toString('latin1'))?.[1] ?? '');
const told = (events: readonly { readonly bytes: Buffer }[]) => events.filter(({ bytes }) => isOfMask(bytes));
/** As the product should read them, said in another way. */
const KEPT = told(CALLS).filter(({ bytes }) => {
  const text = bytes.toString();
  return !text.startsWith('Event: CEL\r') && /^\w*Unique(id|ID): (?!none\r)/m.test(text);
});
const channelOf = (n: number): Record<string, string> => ({
  Channel: `PJSIP/kam-${n}`,
  Uniqueid: `ast1-1795261949.${n}`,
  Linkedid: 'ast1-1795261949.0',
});
const eventOf = (name: string, n: number) =>
  frameOf(`Event: ${name}`, 'Privilege: call,all', `Channel: PJSIP/kam-${n}`, `Uniqueid: ast1-1795261949.${n}`);
const named = (commands: readonly string[], action: string): string[] =>
  commands.filter((command) => command.startsWith(`Action: ${action}\n`));

describe('reading', () => {
  it('publishes every event of recorded calls that tells of a call, in order, and counts the others', async () => {
    const { server, source, bus, metrics } = await setUp();
    await server.whenSubscribed();
    expect(await server.feed(CALLS)).toBe(true);
    await eventually(() => expect(bus.of('event')).toHaveLength(KEPT.length));
    expect(
      bus.of('event').map(({ headers }) => `${headerOf(headers, 'Event')} ${headerOf(headers, 'Timestamp')}`),
    ).toEqual(
      KEPT.map(({ bytes }) =>
        /^Event: (\w+)\r\n(?:.*\r\n)*?Timestamp: (.*)\r/.exec(bytes.toString())?.slice(1).join(' '),
      ),
    );
    const sequences = bus.of('event').map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    const ignored = told(CALLS).length - KEPT.length;
    expect(ignored).toBeGreaterThan(0);
    expect(bus.of('gap')).toEqual([]);
    expect(bus.of('unreadable')).toEqual([]);
    const counted = await metrics();
    expect(counted).toContain(`calltrail_received_total{source="ami:ast1",kind="event"} ${KEPT.length}`);
    expect(counted).toContain(`calltrail_received_total{source="ami:ast1",kind="ignored_event"} ${ignored}`);
    expect(counted).toContain('calltrail_source_up{source="ami:ast1"} 1');
    expect(source.state()).toMatchObject({ name: 'ami:ast1', state: 'up' });
    expect(source.state().lastSeenMs).toBeGreaterThan(0);
  });

  it('gives everything the same id when it is delivered a second time', async () => {
    const { server, bus } = await setUp();
    const seen: string[][] = [];
    for (let round = 0; round < 2; round++) {
      await server.whenSubscribed();
      await server.feed(CALLS);
      await eventually(() => expect(bus.of('event')).toHaveLength(KEPT.length));
      seen.push(bus.of('event').map(({ id, sequence }) => `${id} ${sequence}`));
      server.drop();
      await eventually(() => expect(bus.of('gap')).toHaveLength(1));
      bus.clear();
    }
    expect(new Set(seen[0]).size).toBe(KEPT.length);
    expect(seen[1]).toEqual(seen[0]);
  });

  it('keeps what cannot be read, and reads on', async () => {
    const { server, bus, metrics } = await setUp();
    await server.whenSubscribed();
    await server.sendRaw(
      'what is this\r\n\r\nChannel: nobody asked\r\n\r\nResponse: Success\r\nActionID: other\r\n\r\n',
    );
    await server.feed([eventOf('Newchannel', 1)]);
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
    expect(bus.of('unreadable').map(({ reason }) => reason)).toEqual(['no_header', 'no_event_name', 'no_event_name']);
    expect(bus.of('unreadable')[0]).toMatchObject({ source: 'ami:ast1', peer: `127.0.0.1:${server.port}` });
    expect(bus.of('unreadable')[0]?.bytes.toString()).toBe('what is this\r\n');
    expect(await metrics()).toContain('reason="no_event_name",sender="127.0.0.1"} 2');
    expect(bus.of('gap')).toEqual([]);
  });

  it('stops reading while the bus has no room, and loses nothing', async () => {
    const { server, bus } = await setUp();
    await server.whenSubscribed();
    const release = bus.block();
    const many = Array.from({ length: 120 }, () => CALLS).flat();
    expect(many.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeGreaterThan(20_000_000);
    let isFed = false;
    const fed = server.feed(many).then(() => {
      isFed = true;
    });
    await eventually(() => expect(bus.calls()).toBe(1));
    for (let i = 0; i < 200; i++) await turn();
    expect(bus.calls()).toBe(1);
    expect(isFed).toBe(false);
    release();
    await fed;
    // Tens of thousands: each look goes through them, and looks must not be what is waited for.
    await vi.waitFor(() => expect(bus.of('event').length).toBe(120 * KEPT.length), { timeout: 40_000, interval: 100 });
    expect(bus.of('gap')).toEqual([]);
  }, 60_000);
});

describe('logging in', () => {
  it('answers the challenge, so that the password does not cross the network', async () => {
    const { server, source } = await setUp();
    await eventually(() => expect(source.state().state).toBe('up'));
    expect(server.commands.slice(0, 3).map((command) => command.split('\n')[0])).toEqual([
      'Action: Challenge',
      'Action: Login',
      'Action: Events',
    ]);
    expect(server.commands[1]).toMatch(/\nAuthType: MD5\nUsername: calltrail\nKey: [0-9a-f]{32}\nEvents: off$/);
    expect(server.commands[2]).toContain(`EventMask: ${EVENT_MASK}`);
    expect(server.commands.join('\n')).not.toContain(ACCOUNT.password);
    expect(source.state().detail).toBe(`Connected to 127.0.0.1:${server.port} as calltrail. No event has come yet.`);
  });

  it('sends the password where no challenge is offered', async () => {
    const { server, source } = await setUp({ md5: false });
    await eventually(() => expect(source.state().state).toBe('up'));
    expect(named(server.commands, 'Login')[0]).toContain(`\nSecret: ${ACCOUNT.password}\n`);
  });

  it.each([true, false])(
    'says that the password is wrong (challenge: %s), and waits before it tries again',
    async (md5) => {
      const backoff = { minMs: 1, maxMs: 60_000 };
      const { server, source, logged, metrics } = await setUp({ md5, password: 'another' }, { backoff });
      await eventually(() => expect(source.state().detail).toContain('refuses the user calltrail or its password'));
      expect(source.state().state).toBe('down');
      await eventually(() => expect(server.connections()).toBe(0));
      expect(named(server.commands, 'Login')).toHaveLength(1);
      expect(logged).toEqual([expect.stringMatching(/^error Asterisk ast1: 127.0.0.1:\d+ refuses the user calltrail/)]);
      expect(await metrics()).toContain('calltrail_source_up{source="ami:ast1"} 0');
    },
  );

  it('tries again after a wrong password, and says so in the log once', async () => {
    const { server, logged } = await setUp({ password: 'another' });
    await eventually(() => expect(named(server.commands, 'Login').length).toBeGreaterThan(4));
    expect(logged).toHaveLength(1);
  });

  it('says that something else answers there', async () => {
    const server = createServer((socket) =>
      socket.on('error', () => undefined).write('220 mail.example.org ESMTP\r\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no address');
    const { source, bus } = startSource(bound.port);
    await eventually(() => expect(source.state().detail).toContain('is no manager interface'));
    expect(source.state().state).toBe('down');
    expect(bus.of('unreadable')[0]).toMatchObject({ reason: 'no_greeting' });
  });

  it('waits for an Asterisk that is not there yet', async () => {
    const placeholder = await createAmiReplayServer(ACCOUNT);
    const { port } = placeholder;
    await placeholder.close();
    const { source, bus } = startSource(port);
    await eventually(() => expect(source.state().detail).toContain('cannot be reached (ECONNREFUSED)'));
    const server = await createAmiReplayServer({ ...ACCOUNT, port });
    onTestFinished(() => server.close());
    await eventually(() => expect(source.state().state).toBe('up'));
    expect(bus.of('gap')).toEqual([]);
    await source.stop();
  });

  it('does not take a password with a line break, which would be another line of the action', () => {
    const make = (): unknown =>
      createAmiSource({
        node: { name: 'ast1', host: '127.0.0.1', port: 1, username: 'a', password: 'b\r\n\r\nAction: Command' },
        trustSenderClock: false,
        bus: createKeepingBus(),
        metrics: createMetrics(),
        log: () => undefined,
      });
    expect(make).toThrow('line break');
  });
});

describe('losing the connection', () => {
  it('notes a gap and reads the living channels again', async () => {
    const { server, source, bus, metrics } = await setUp({ channels: [channelOf(1), channelOf(2)] });
    await eventually(() => expect(bus.of('event')).toHaveLength(2));
    expect(bus.of('event')[0]).toMatchObject({ name: 'CoreShowChannel', backfill: true, node: 'ast1' });
    expect(bus.of('event').map(({ headers }) => headerOf(headers, 'Uniqueid'))).toEqual([
      'ast1-1795261949.1',
      'ast1-1795261949.2',
    ]);
    expect(bus.of('gap')).toEqual([]);
    const before = Date.now() * 1000;
    server.drop();
    await eventually(() => expect(bus.of('event')).toHaveLength(4));
    const [gap] = bus.of('gap');
    expect(gap).toMatchObject({ reason: 'disconnected', node: 'ast1', stream: 'events' });
    expect(gap!.fromUs).toBeLessThanOrEqual(gap!.untilUs);
    expect(gap!.untilUs).toBeGreaterThanOrEqual(before);
    expect(bus.of('gap')).toHaveLength(1);
    expect(await metrics()).toContain('calltrail_received_total{source="ami:ast1",kind="snapshot"} 4');
    await eventually(() => expect(source.state().state).toBe('up'));
  });

  it('says that the user may not list channels, and goes on without', async () => {
    const { server, source, bus, logged, metrics } = await setUp({ reporting: false, channels: [channelOf(1)] });
    await eventually(() =>
      expect(logged.join('\n')).toContain('(Permission denied); the user needs "write = reporting"'),
    );
    await server.feed([eventOf('Newchannel', 1)]);
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
    expect(source.state().state).toBe('up');
    expect(await metrics()).toContain('reason="backfill_denied"');
  });

  it('takes an orderly end for what it is', async () => {
    const { server, source, bus } = await setUp();
    await server.whenSubscribed();
    await eventually(() => expect(source.state().state).toBe('up'));
    const shutdown = frameOf('Event: Shutdown', 'Privilege: system,all', 'Shutdown: Cleanly', 'Restart: False');
    await server.feed([shutdown]);
    await eventually(() => expect(bus.of('event').map(({ name }) => name)).toEqual(['Shutdown']));
    server.drop();
    await eventually(() => expect(bus.of('gap').map(({ reason }) => reason)).toEqual(['shutdown']));
  });

  it('gives up a connection on which not even a ping is answered', async () => {
    const { server, source, bus, logged } = await setUp({}, { pingMs: 20 });
    await eventually(() => expect(named(server.commands, 'Ping').length).toBeGreaterThan(3));
    expect(source.state().state).toBe('up');
    expect(logged.filter((line) => line.startsWith('warn'))).toEqual([]);
    server.mute();
    await eventually(() => expect(logged.join('\n')).toContain('not even an answer to a ping'));
    expect(source.state().state).not.toBe('up');
    expect(bus.of('gap')).toEqual([]);
  });

  it('notes the silence as a gap once somebody answers again', async () => {
    const first = await createAmiReplayServer(ACCOUNT);
    const { source, bus } = startSource(first.port, { pingMs: 20 });
    await eventually(() => expect(source.state().state).toBe('up'));
    first.mute();
    await eventually(() => expect(source.state().state).not.toBe('up'));
    await first.close();
    const second = await createAmiReplayServer({ ...ACCOUNT, port: first.port });
    onTestFinished(() => second.close());
    await eventually(() => expect(bus.of('gap').map(({ reason }) => reason)).toEqual(['no_heartbeat']));
    await source.stop();
  });

  it('does not take its own waiting for room for silence of the other side', async () => {
    const { server, bus, logged } = await setUp({}, { pingMs: 10 });
    await server.whenSubscribed();
    const release = bus.block();
    await server.feed([eventOf('Newchannel', 1)]);
    await eventually(() => expect(named(server.commands, 'Ping').length).toBeGreaterThan(6));
    release();
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
    await server.feed([eventOf('Hangup', 1)]);
    await eventually(() => expect(bus.of('event')).toHaveLength(2));
    expect(logged.filter((line) => !line.startsWith('info'))).toEqual([]);
    expect(bus.of('gap')).toEqual([]);
  });

  it('comes back when the bus refuses something, and tells the gap as soon as it is taken', async () => {
    const { server, source, bus, logged } = await setUp();
    await server.whenSubscribed();
    const publish = bus.publish;
    bus.publish = () => Promise.reject(new Error('the disk is full'));
    await server.feed([eventOf('Newchannel', 1)]);
    await eventually(() => expect(logged.join('\n')).toContain('could not be handed on: Error: the disk is full'));
    await eventually(() => expect(logged.join('\n')).toContain('a gap in its events could not be noted yet'));
    bus.publish = publish;
    await eventually(() => expect(bus.of('gap')).toMatchObject([{ reason: 'disconnected' }]));
    expect(source.state().state).toBe('up');
  });

  it('is down, with its sockets closed, once it is stopped, and does not mind being stopped again', async () => {
    const { server, source, bus } = await setUp();
    await server.whenSubscribed();
    await source.stop();
    await source.stop();
    await eventually(() => expect(server.connections()).toBe(0));
    expect(source.state()).toMatchObject({ state: 'down', detail: 'Stopped.' });
    expect(bus.all).toEqual([]);
  });
});

describe('asking for Call-IDs', () => {
  const callIds = { 'PJSIP/kam-1': 'one@10.0.0.1', 'PJSIP/kam-2': 'two@10.0.0.1' };

  it('is not done unless it is configured: the function occupies the channel', async () => {
    const { server, bus } = await setUp({ channels: [channelOf(1)], callIds });
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
    await server.feed([eventOf('Newchannel', 2)]);
    await eventually(() => expect(bus.of('event')).toHaveLength(2));
    for (let i = 0; i < 50; i++) await turn();
    expect(named(server.commands, 'Getvar')).toEqual([]);
  });

  it('is done for every PJSIP channel that lives or begins, and only for those', async () => {
    const local = { Channel: 'Local/1@a-0;1', Uniqueid: 'ast1-1795261949.9' };
    const gone = { Channel: 'PJSIP/kam-8', Uniqueid: 'ast1-1795261949.8' };
    const { server, bus } = await setUp(
      { channels: [channelOf(1), local, gone], callIds },
      { node: { askCallIds: true } },
    );
    await eventually(() => expect(bus.of('event').filter(({ name }) => name === 'Getvar')).toHaveLength(1));
    await server.feed([eventOf('Newchannel', 2)]);
    await eventually(() => expect(bus.of('event').filter(({ name }) => name === 'Getvar')).toHaveLength(2));
    const answers = bus.of('event').filter(({ name }) => name === 'Getvar');
    expect(answers.map(({ headers }) => [headerOf(headers, 'Uniqueid'), allHeaders(headers).ChanVariable])).toEqual([
      ['ast1-1795261949.1', 'SIPCALLID=one@10.0.0.1'],
      ['ast1-1795261949.2', 'SIPCALLID=two@10.0.0.1'],
    ]);
    expect(named(server.commands, 'Getvar').map((text) => /Channel: (.*)/.exec(text)?.[1])).toEqual([
      'PJSIP/kam-1',
      'PJSIP/kam-8',
      'PJSIP/kam-2',
    ]);
  });
});
