import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEslReplayServer, type EslReplayServer } from '../../replay/esl-server.ts';
import { rawStream, recordedReply, recording } from './fixtures.ts';
import { eventually } from './harness.ts';

const OPTIONS = {
  password: 'ClueCon',
  channels: recordedReply('06-show-channels-json').toString().split('\n\n')[1] ?? '',
};

/** Sends the commands one after the other and collects all that the server says. */
async function talk(
  server: EslReplayServer,
  commands: readonly string[],
): Promise<{ text: () => string; end: () => void }> {
  const socket = connect(server.port, server.host);
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  for (const command of commands) socket.write(`${command}\n\n`);
  await eventually(() => expect(server.commands).toHaveLength(commands.length));
  return { text: () => text, end: () => socket.destroy() };
}

const start = async (): Promise<EslReplayServer> => {
  const server = await createEslReplayServer(OPTIONS);
  onTestFinished(() => server.close());
  return server;
};

describe('the replay server', () => {
  it.each([
    ['auth wrong', ['00-greeting', '01-auth-wrong']],
    ['userauth nobody@127.0.0.31:x', ['00-greeting', '02-userauth-unknown']],
    ['auth ClueCon', ['00-greeting', '03-auth-ok']],
    ['api show channels as json', ['00-greeting', '03-auth-ok', '06-show-channels-json']],
    ['api uuid_dump 00000000-0000-0000-0000-000000000000 json', ['00-greeting', '03-auth-ok', '11-uuid-dump-unknown']],
    ['nosuchcommand', ['00-greeting', '03-auth-ok', '17-unknown-command']],
    ['event json HEARTBEAT CHANNEL_CREATE', ['00-greeting', '03-auth-ok', '19-event-subscribe']],
    ['log 6', ['00-greeting', '03-auth-ok', '23-log']],
    ['exit', ['00-greeting', '03-auth-ok', '27-exit']],
  ])('answers "%s" byte for byte as the switch did', async (command, replies) => {
    const server = await start();
    const commands = /auth/.test(command) ? [command] : ['auth ClueCon', command];
    const client = await talk(server, commands);
    const expected = replies.map((reply) => recordedReply(reply).toString()).join('');
    await eventually(() => expect(client.text()).toBe(expected));
  });

  it('sends the recorded bytes, split over those who asked for events and for log lines', async () => {
    const server = await start();
    const events = await talk(server, ['auth ClueCon', 'event json ALL']);
    const logs = connect(server.port, server.host);
    onTestFinished(() => void logs.destroy());
    let lines = '';
    logs.setEncoding('utf8').on('data', (chunk: string) => {
      lines += chunk;
    });
    logs.write('auth ClueCon\n\nlog 7\n\n');
    await server.whenSubscribed();
    const frames = recording('utf8');
    expect(await server.feed(frames)).toBe(true);
    const join = (type: string): string =>
      Buffer.concat(frames.filter((frame) => frame.type === type).map(({ bytes }) => bytes)).toString();
    await eventually(() => expect(events.text().endsWith(join('text/event-json'))).toBe(true));
    await eventually(() => expect(lines.endsWith(join('log/data'))).toBe(true));
  });

  it('tells when nobody was there to get a frame', async () => {
    const server = await start();
    expect(await server.feed(recording('utf8').slice(0, 3))).toBe(false);
  });
});

describe('readRecording', () => {
  it('keeps every byte, in order, with rising times', () => {
    for (const name of ['missing-ack', 'restart-before', 'restart-after', 'utf8'] as const) {
      const frames = recording(name);
      const raw = rawStream(name);
      const total = frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const replies = 'Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n'.length;
      expect(raw.length - total).toBeGreaterThan(replies);
      expect(raw.subarray(raw.length - total).equals(Buffer.concat(frames.map(({ bytes }) => bytes)))).toBe(true);
      for (const [index, { atMs }] of frames.entries()) {
        expect(atMs).toBeGreaterThanOrEqual(frames[index - 1]?.atMs ?? 1_700_000_000_000);
      }
    }
  });
});
