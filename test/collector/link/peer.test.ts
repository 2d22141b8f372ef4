import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ended } from '../../../collector/link/ended.ts';
import { openPeer, type Peer, type PeerOptions } from '../../../collector/link/peer.ts';
import { eventually } from '../esl/harness.ts';

/** A server whose connections the test serves itself, and a peer that reads chunks as text. */
async function setUp(serve: (socket: Socket) => void, options: Partial<PeerOptions<string>> = {}): Promise<Peer> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const peer = openPeer<string>({
    host: '127.0.0.1',
    port: address.port,
    expected: 'a parrot',
    handshakeTimeoutMs: 60_000,
    signal: new AbortController().signal,
    take: (bytes) => [bytes.toString()],
    onData: () => Promise.resolve(),
    onBytes: () => undefined,
    onHanded: () => undefined,
    begin: () => Promise.resolve(),
    onLost: () => undefined,
    ...options,
  });
  onTestFinished(() => peer.close({ reason: 'aborted', detail: 'test is over' }));
  return peer;
}

describe('openPeer', () => {
  it('tells that the other side closed the connection, when all that it sent has been handed over', async () => {
    const seen: string[] = [];
    const peer = await setUp((socket) => socket.end('good day'), {
      onData: async (items) => {
        await new Promise(setImmediate);
        seen.push(...items);
      },
    });
    expect(await peer.ended).toEqual({ reason: 'disconnected', detail: 'closed the connection' });
    expect(seen).toEqual(['good day']);
    expect(peer.isOpen()).toBe(false);
  });

  it('prefers our own reason to what was announced, and what was announced to what TCP tells', async () => {
    const told: Ended = { reason: 'shutdown', detail: 'is being shut down' };
    const ours: Ended = { reason: 'wrong_password', detail: 'refuses the password' };
    const announced = await setUp((socket) => socket.end());
    announced.announce(told);
    expect(await announced.ended).toEqual(told);
    const closed = await setUp(() => undefined);
    closed.announce(told);
    closed.close(ours);
    expect(await closed.ended).toEqual(ours);
  });

  it('gives up a connection without a handshake in time, and one that is aborted', async () => {
    const slow = await setUp(() => undefined, { handshakeTimeoutMs: 5 });
    expect(await slow.ended).toEqual({ reason: 'no_answer', detail: 'does not answer as a parrot does' });
    const aborted = await setUp(() => undefined, { signal: AbortSignal.abort() });
    expect(await aborted.ended).toMatchObject({ reason: 'aborted' });
  });

  it('begins the talk after the greeting, and tells once when nothing comes any more', async () => {
    const steps: string[] = [];
    const peer = await setUp((socket) => socket.write('good day'), {
      onBytes: () => peer.greeted(),
      begin: async (done) => {
        steps.push('begun');
        done();
      },
      onLost: () => steps.push('lost'),
    });
    await eventually(() => expect(steps).toEqual(['begun']));
    peer.close({ reason: 'disconnected', detail: 'was closed by the test' });
    await peer.ended;
    expect(steps).toEqual(['begun', 'lost']);
  });

  it('rejects when what it read cannot be handed over, with the socket closed', async () => {
    const peer = await setUp((socket) => socket.write('good day'), {
      onData: () => Promise.reject(new Error('the bus is closed')),
    });
    await expect(peer.ended).rejects.toThrow('the bus is closed');
    await peer.closed;
  });
});
