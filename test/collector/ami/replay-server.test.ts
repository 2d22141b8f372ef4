import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { splitAmiRecording } from '../../replay/ami-recording.ts';
import { type AmiReplayOptions, type AmiReplayServer, createAmiReplayServer } from '../../replay/ami-server.ts';
import { eventually } from '../esl/harness.ts';
import { frameOf, rawStream, recording } from './fixtures.ts';
import { ACCOUNT } from './harness.ts';

const GREETING = 'Asterisk Call Manager/11.0.0\r\n';
const LOGIN = ['Action: Login', `Username: ${ACCOUNT.username}`, `Secret: ${ACCOUNT.password}`];
const ACCEPTED = 'Response: Success\r\nMessage: Authentication accepted\r\n\r\n';

interface Client {
  /** What came since the greeting. */
  text(): string;
  send(...lines: readonly string[]): void;
  readonly closed: Promise<void>;
}

async function setUp(options: Partial<AmiReplayOptions> = {}): Promise<{ server: AmiReplayServer; client: Client }> {
  const server = await createAmiReplayServer({ ...ACCOUNT, ...options });
  onTestFinished(() => server.close());
  const socket = connect(server.port, server.host);
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await eventually(() => expect(text).toBe(GREETING));
  const send = (...lines: readonly string[]): void => void socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return { server, client: { text: () => text.slice(GREETING.length), send, closed } };
}

describe('the replay server', () => {
  it('lets in who knows the password', async () => {
    const { server, client } = await setUp();
    client.send(...LOGIN);
    await eventually(() => expect(client.text()).toBe(ACCEPTED));
    await server.whenSubscribed();
  });

  it('lets in who knows the answer to the challenge', async () => {
    const { client } = await setUp();
    client.send('Action: Challenge', 'ActionID: 1', 'AuthType: MD5');
    await eventually(() =>
      expect(client.text()).toMatch(/^Response: Success\r\nActionID: 1\r\nChallenge: \d+\r\n\r\n$/),
    );
    const challenge = /Challenge: (\d+)/.exec(client.text())?.[1];
    const key = createHash('md5').update(`${challenge}${ACCOUNT.password}`).digest('hex');
    client.send('Action: Login', 'AuthType: MD5', `Username: ${ACCOUNT.username}`, `Key: ${key}`);
    await eventually(() => expect(client.text().endsWith(ACCEPTED)).toBe(true));
  });

  it.each([
    ['a wrong password', ['Action: Login', `Username: ${ACCOUNT.username}`, 'Secret: x']],
    ['an unknown user', ['Action: Login', 'Username: x', `Secret: ${ACCOUNT.password}`]],
    ['a wrong key', ['Action: Login', 'AuthType: MD5', `Username: ${ACCOUNT.username}`, `Key: ${'0'.repeat(32)}`]],
  ])('refuses %s and closes the connection', async (_, lines) => {
    const { client } = await setUp();
    client.send(...lines);
    await client.closed;
    expect(client.text()).toBe('Response: Error\r\nMessage: Authentication failed\r\n\r\n');
  });

  it('allows nothing before the login', async () => {
    const { client } = await setUp();
    client.send('Action: Ping', 'ActionID: 7');
    await eventually(() =>
      expect(client.text()).toBe('Response: Error\r\nActionID: 7\r\nMessage: Permission denied\r\n\r\n'),
    );
  });

  it('answers Events byte for byte as the recorded Asterisk did', async () => {
    const { client } = await setUp();
    const [recorded] = splitAmiRecording(rawStream('31-asterisk-channel-uuid')).filter(
      ({ type }) => type === 'response',
    );
    client.send(...LOGIN);
    client.send('Action: Events', 'ActionID: mask-1', 'EventMask: on');
    await eventually(() => expect(client.text()).toBe(ACCEPTED + recorded?.bytes.toString()));
  });

  it('answers a ping, an unknown action and a farewell', async () => {
    const { client } = await setUp();
    client.send(...LOGIN);
    client.send('Action: Ping');
    client.send('Action: Dance');
    client.send('Action: Logoff');
    await client.closed;
    expect(client.text()).toMatch(/Response: Success\r\nPing: Pong\r\nTimestamp: \d+\.\d{6}\r\n\r\n/);
    expect(client.text()).toContain('Message: Invalid/unknown command: Dance. Use Action: ListCommands');
    expect(client.text().endsWith('Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n')).toBe(true);
  });

  it('sends the recorded bytes to those who asked for everything', async () => {
    const { server, client } = await setUp();
    client.send(...LOGIN, 'Events: on');
    await server.whenSubscribed();
    const frames = recording('31-asterisk-channel-uuid');
    expect(await server.feed(frames)).toBe(true);
    const bytes = Buffer.concat(frames.map((frame) => frame.bytes)).toString();
    await eventually(() => expect(client.text()).toBe(ACCEPTED + bytes));
  });

  it('sends only the classes that were asked for', async () => {
    const { server, client } = await setUp();
    client.send(...LOGIN, 'Events: call,cdr');
    await server.whenSubscribed();
    const [call, dialplan, cdr] = ['call,all', 'dialplan,all', 'cdr,all'].map((classes) =>
      frameOf('Event: A', `Privilege: ${classes}`),
    );
    expect(await server.feed([call!, dialplan!, cdr!])).toBe(true);
    await eventually(() => expect(client.text()).toBe(`${ACCEPTED}${call?.bytes}${cdr?.bytes}`));
    expect([call, dialplan, cdr].map((frame) => server.isWanted(frame!))).toEqual([true, false, true]);
  });

  it('tells when nobody was there to get anything', async () => {
    const { server, client } = await setUp();
    expect(await server.feed(recording('31-asterisk-channel-uuid').slice(0, 3))).toBe(false);
    client.send(...LOGIN, 'Events: off');
    await eventually(() => expect(client.text()).toBe(ACCEPTED));
    expect(await server.feed(recording('31-asterisk-channel-uuid').slice(0, 3))).toBe(false);
  });
});

describe('splitAmiRecording', () => {
  it('keeps every byte, in order, with rising times', () => {
    const raw = rawStream('30-asterisk-basic');
    const packets = splitAmiRecording(raw, '{"t":5,"offset":0}\n{"t":9,"offset":1000}\n');
    expect(Buffer.concat(packets.map(({ bytes }) => bytes)).equals(raw)).toBe(true);
    expect(packets[0]?.atMs).toBe(5);
    expect(packets.at(-1)?.atMs).toBe(9);
  });

  it('does not take a stream that ends inside a packet, or holds something else', () => {
    expect(() => splitAmiRecording(Buffer.from('Event: A\r\n'))).toThrow('no end of the packet at byte 0');
    expect(() => splitAmiRecording(Buffer.from('Event: A\r\n\r\nhello\r\n\r\n'))).toThrow('no packet at byte 12');
  });
});
