import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { below, garbage, oneOf, type Random, spoiled } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';

const block = (lines: readonly string[], body = ''): string =>
  `${lines.join('\n')}\n${body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\n`}\n${body}`;

const EVENT = [
  ...['Event-Name: CHANNEL_CREATE', 'Core-UUID: 11111111-2222-4333-8444-555555555555', 'FreeSWITCH-Hostname: fs'],
  ...[
    'Event-Date-Timestamp: 1790000000000000',
    'Event-Sequence: 17',
    'Unique-ID: 0b6ff1d2-5c8e-4be4-9e8e-111111111111',
  ],
  ...['Channel-State: CS_INIT', 'Caller-Caller-ID-Number: 100', 'variable_sip_call_id: x%40y', ''],
].join('\n');

const ESL_FRAMES = [
  block(['Content-Type: auth/request']),
  block(['Content-Type: command/reply', 'Reply-Text: +OK accepted']),
  block(['Content-Type: command/reply', 'Reply-Text: -ERR invalid']),
  block(['Content-Type: text/event-plain'], EVENT),
  block(['Content-Type: text/event-plain', 'Content-Length: 99999999999']),
  block(['Content-Type: text/event-plain', 'Content-Length: -1']),
  block(['Content-Type: log/data', 'Log-Level: 7', 'Log-File: a.c', 'Log-Line: 1', 'User-Data: x'], 'a line\n'),
  block(['Content-Type: api/response'], '[{"uuid":"a"}]'),
  block(['Content-Type: text/disconnect-notice'], 'bye\n'),
];

const AMI_FRAMES = [
  'Asterisk Call Manager/9.0.0\r\n',
  'Response: Success\r\nChallenge: 1234\r\n\r\n',
  'Response: Success\r\nMessage: Authentication accepted\r\n\r\n',
  'Response: Error\r\nMessage: no\r\n\r\n',
  'Event: Newchannel\r\nUniqueid: 1790000000.1\r\nLinkedid: 1790000000.1\r\nChannel: PJSIP/a-1\r\nTimestamp: 1790000000.5\r\n\r\n',
  'Event: Hangup\r\nUniqueid: 1790000000.1\r\nCause: 16\r\nChannel: PJSIP/a-1\r\n\r\n',
  `Event: X\r\n${'Key: value\r\n'.repeat(400)}\r\n`,
];

/** Says what a switch says, out of order and spoiled, to whoever connects; some answer nothing, some never end a line. */
async function speak(socket: Socket, frames: readonly string[], greeting: number, random: Random): Promise<void> {
  socket.on('error', () => {}).resume();
  const say = (text: string | Buffer): void => void socket.write(text);
  if (random() < 0.9) say(frames[greeting]!);
  // The first answers, so that most get past the login.
  for (const frame of frames.slice(1, 3).concat(frames[1]!, frames[1]!, frames[1]!)) {
    await sleep(5);
    say(frame);
  }
  for (let i = below(random, 400); i > 0 && !socket.destroyed; i--) {
    const frame = Buffer.from(oneOf(random, frames));
    say(
      random() < 0.7
        ? frame
        : random() < 0.9
          ? spoiled(random, frame, Buffer.from(oneOf(random, frames)))
          : garbage(random, 200),
    );
    if (random() < 0.05) await sleep(1);
  }
  if (random() < 0.1) say(Buffer.alloc(200_000, 0x61));
  socket.end();
}

/** A switch that listens where Calltrail looks for one. A round is a connection of it; the next comes when it comes. */
function hostileSwitch(name: string, portOf: 'esl' | 'ami', frames: readonly string[]): Fuzz {
  let server: Server | undefined;
  let random: Random = () => 0;
  const sockets = new Set<Socket>();
  return {
    name,
    async round({ ports }, given) {
      random = given;
      if (server === undefined) {
        server = createServer((socket) => {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
          void speak(socket, frames, 0, random);
        }).listen(ports[portOf], '127.0.0.1');
        await once(server, 'listening');
      }
      const waiting = new AbortController();
      await Promise.race([once(server, 'connection', { signal: waiting.signal }), sleep(1500)]);
      waiting.abort();
      await sleep(300);
    },
    async close() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      closing.close();
      for (const socket of sockets) socket.destroy();
      await once(closing, 'close');
    },
  };
}

export const esl = (): Fuzz => hostileSwitch('esl', 'esl', ESL_FRAMES);
export const ami = (): Fuzz => hostileSwitch('ami', 'ami', AMI_FRAMES);
