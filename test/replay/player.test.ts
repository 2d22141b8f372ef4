import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AsteriskNode } from '../../core/config/config.ts';
import { createPlayer, type Player } from './player.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { type Recording, readRecording } from './recording.ts';
import { NotConnectedError } from './subscribed.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;
const missingAck = await readRecording(`${RECORDINGS}/10-missing-ack`);
const tandem = await readRecording(`${RECORDINGS}/09-tandem`);
const restart = await readRecording(`${RECORDINGS}/21-graceful-restart`);
const asterisk = await readRecording(`${RECORDINGS}/31-asterisk-channel-uuid`);
const overTcp = await readRecording(`${RECORDINGS}/35b-opensips-lb-tcp`);

const FAST = { transport: 'udp', speed: Number.POSITIVE_INFINITY, order: 'recorded' } as const;

async function setUp(recording: Recording): Promise<{ player: Player; receiver: Receiver }> {
  const player = await createPlayer(recording);
  onTestFinished(() => player.close());
  const receiver = await createReceiver();
  onTestFinished(() => receiver.close());
  return { player, receiver };
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 8000, interval: 5 });
const bytesOf = (frames: readonly { readonly bytes: Buffer }[]): Buffer =>
  Buffer.concat(frames.map(({ bytes }) => bytes));

/** Logs in and asks for some classes of events, again whenever it is put out; keeps what comes on each connection. */
function listenTo({ host, port, username, password }: AsteriskNode, classes: string): () => readonly string[] {
  const texts: string[] = [];
  let over = false;
  const open = (): void => {
    const index = texts.push('') - 1;
    const socket = connect(port, host);
    onTestFinished(() => {
      over = true;
      socket.destroy();
    });
    socket.on('error', () => undefined).setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      texts[index] += chunk;
    });
    socket.on('close', () => over || open());
    socket.write(`Action: Login\r\nUsername: ${username}\r\nSecret: ${password}\r\nEvents: off\r\n\r\n`);
    socket.write(`Action: Events\r\nEventMask: ${classes}\r\n\r\n`);
  };
  open();
  return () => texts.map((text) => text.split('Events: On\r\n\r\n')[1] ?? '');
}

describe('createPlayer', () => {
  it('listens for every node before anything is played, and says where', async () => {
    const { player } = await setUp(tandem);
    expect(player.freeswitch.map(({ name, host, password }) => [name, host, password])).toEqual([
      ['fs1', '127.0.0.1', 'ClueCon'],
      ['fs2', '127.0.0.1', 'ClueCon'],
    ]);
    expect(new Set(player.freeswitch.map(({ port }) => port)).size).toBe(2);
  });
});

describe('play', () => {
  it('delivers every datagram and every frame of every node, in order', async () => {
    const { player, receiver } = await setUp(tandem);
    const readers = player.freeswitch.map((node) => receiver.subscribe(node));
    const report = await player.play({ ...FAST, hep: receiver.udp });
    await eventually(() => expect(receiver.datagrams).toHaveLength(tandem.hep.length));
    expect(receiver.datagrams).toEqual(tandem.hep.map(({ bytes }) => bytes));
    for (const [i, { connections }] of tandem.esl.entries()) {
      await eventually(() => expect(readers[i]?.connections()[0]?.equals(bytesOf(connections.flat()))).toBe(true));
    }
    const frames = tandem.esl.flatMap(({ connections }) => connections.flat());
    expect(report.datagrams).toBe(tandem.hep.length);
    expect(report.complete).toBe(true);
    expect(report.nodes.map(({ name }) => name)).toEqual(['fs1', 'fs2']);
    expect(report.nodes.reduce((sum, { events, logLines }) => sum + events + logLines, 0)).toBe(frames.length);
  });

  it('plays what an Asterisk sent to who asked for it, a second time over a new connection', async () => {
    const { player, receiver } = await setUp(asterisk);
    expect(player.freeswitch).toEqual([]);
    expect(player.asterisk).toMatchObject([{ name: 'ast1', host: '127.0.0.1', username: 'calltrail' }]);
    const listener = listenTo(player.asterisk[0]!, 'cdr');
    const cdrs = asterisk.ami[0]!.connections.flat().filter(({ type }) => type === 'Cdr');
    expect(cdrs.length).toBeGreaterThan(5);
    const report = await player.play({ ...FAST, twice: true, hep: receiver.udp });
    expect(report).toMatchObject({ complete: true, datagrams: 2 * asterisk.hep.length });
    expect(report.nodes).toEqual([{ name: 'ast1', source: 'ami:ast1', events: 2 * cdrs.length, logLines: 0 }]);
    const text = bytesOf(cdrs).toString();
    await eventually(() => expect(listener()).toEqual([text, text]));
  });

  it('takes the recorded time, divided by the speed', async () => {
    const { player, receiver } = await setUp(missingAck);
    for (const node of player.freeswitch) receiver.subscribe(node);
    const started = performance.now();
    await player.play({ ...FAST, speed: 100, hep: receiver.udp });
    expect(performance.now() - started).toBeGreaterThanOrEqual((missingAck.endMs - missingAck.startMs) / 100 - 1);
  });

  it('closes the connections of a node that was restarted and waits until the product is back', async () => {
    const { player, receiver } = await setUp(restart);
    const reader = receiver.subscribe(player.freeswitch[0]!);
    const { complete } = await player.play({ ...FAST, hep: receiver.udp });
    expect(complete).toBe(true);
    const expected = restart.esl[0]!.connections.map(bytesOf);
    await eventually(() =>
      expect(reader.connections().map((bytes) => bytes.length)).toEqual(expected.map((b) => b.length)),
    );
    expect(reader.connections()).toEqual(expected);
  });

  it('delivers everything a second time, the frames over a new connection', async () => {
    const { player, receiver } = await setUp(missingAck);
    const reader = receiver.subscribe(player.freeswitch[0]!);
    const report = await player.play({ ...FAST, twice: true, hep: receiver.udp });
    expect(report.datagrams).toBe(2 * missingAck.hep.length);
    await eventually(() => expect(receiver.datagrams).toHaveLength(2 * missingAck.hep.length));
    const stream = bytesOf(missingAck.esl[0]!.connections.flat());
    await eventually(() => expect(reader.connections()).toEqual([stream, stream]));
  });

  it('sends over TCP what came over TCP, and the rest over UDP', async () => {
    const { player, receiver } = await setUp(overTcp);
    await player.play({ ...FAST, hep: receiver.udp, hepTcp: receiver.tcp });
    const expected = bytesOf(overTcp.hep.filter(({ tcp }) => tcp));
    await eventually(() => expect(receiver.overTcp().equals(expected)).toBe(true));
    await eventually(() => expect(receiver.datagrams).toHaveLength(overTcp.hep.filter(({ tcp }) => !tcp).length));
  });

  it('sends everything over TCP when it is told to', async () => {
    const { player, receiver } = await setUp(overTcp);
    await player.play({ ...FAST, transport: 'tcp', hep: receiver.udp, hepTcp: receiver.tcp });
    await eventually(() => expect(receiver.overTcp().equals(bytesOf(overTcp.hep))).toBe(true));
    expect(receiver.datagrams).toHaveLength(0);
  });

  it('never has more datagrams on their way than the receiver has room for', async () => {
    const { player, receiver } = await setUp(overTcp);
    let most = 0;
    let read = 0;
    // A receiver that reads a few at a time, and only when it is asked.
    const received = async (): Promise<number> => {
      most = Math.max(most, receiver.datagrams.length - read);
      read = Math.min(read + 7, receiver.datagrams.length);
      return read;
    };
    await player.play({ ...FAST, hep: receiver.udp, flow: { received, window: 40 } });
    await eventually(() => expect(receiver.datagrams).toHaveLength(overTcp.hep.length));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(40);
  });

  it('says which node nobody connected to', async () => {
    const { player, receiver } = await setUp(missingAck);
    const playing = player.play({ ...FAST, hep: receiver.udp, connectTimeoutMs: 20 });
    await expect(playing).rejects.toThrow(NotConnectedError);
    expect(receiver.datagrams).toHaveLength(0);
  });

  it('stops when it is told to', async () => {
    const { player, receiver } = await setUp(missingAck);
    for (const node of player.freeswitch) receiver.subscribe(node);
    const stop = new AbortController();
    const playing = player.play({
      ...FAST,
      speed: 1,
      hep: receiver.udp,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(playing).rejects.toThrow(/abort/i);
  });
});
