import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { below, garbage, oneOf, type Random, spoiled } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';

const head = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');

const REQUESTS = [
  head('GET /api/search?q=%ff%fe%00 HTTP/1.1', 'Host: x'),
  head('GET /metrics HTTP/1.1', 'Host: x', 'Authorization: Basic \xff\xfe', 'Accept: \x01'),
  head('GET /metrics HTTP/1.1', 'Host: x', `Authorization: Bearer ${'a'.repeat(20_000)}`),
  head('GET /healthz HTTP/1.1', 'Host: x', `Cookie: ${'a=b;'.repeat(3000)}`),
  head(`GET /api/calls/${'%41'.repeat(5000)} HTTP/1.1`, 'Host: x'),
  head('POST /api/search HTTP/1.1', 'Host: x', 'Content-Length: 99999999999999'),
  head('POST /loki/api/v1/query_range HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', 'Content-Length: 4'),
  Buffer.concat([
    head('POST /api/search HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Content-Length: 2'),
    Buffer.from('{'),
  ]),
  head('GET /api/calls/../../../etc/passwd HTTP/1.1', 'Host: x'),
  head('GET //etc/passwd HTTP/1.1', 'Host: x'),
  head('OPTIONS * HTTP/1.1', 'Host: x'),
  head('PRI * HTTP/2.0', 'SM'),
  head('GET /api/search HTTP/0.9'),
];

const upgrade = (query: string): Buffer =>
  head(
    `GET /loki/api/v1/tail?query=${encodeURIComponent(query)} HTTP/1.1`,
    ...['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  );

/** A frame of RFC 6455, with a length that may lie. */
function frame(random: Random): Buffer {
  const payload = garbage(random, 200);
  const length = random() < 0.8 ? payload.length : below(random, 2 ** 31);
  const first = random() < 0.7 ? 0x80 | oneOf(random, [1, 2, 8, 9, 10]) : below(random, 256);
  const size = length < 126 ? Buffer.from([0x80 | length]) : Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (length >= 126) size.writeUInt32BE(length, 5);
  return Buffer.concat([Buffer.from([first]), size, randomBytes(4), payload]);
}

async function over(port: number, pieces: readonly Buffer[], random: Random): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  // Some do not read what they asked for.
  if (random() < 0.7) socket.resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const timer = setTimeout(() => socket.destroy(), 1500);
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece);
    if (random() < 0.5) await sleep(below(random, 30));
  }
  if (random() < 0.3) socket.destroy();
  await closed;
  clearTimeout(timer);
}

/** What no HTTP library would send: requests that are none, that do not end, that lie about their length. */
export const http: Fuzz = {
  name: 'http',
  async round({ ports }, random) {
    await Promise.all(
      Array.from({ length: 20 }, () => {
        const one = oneOf(random, REQUESTS);
        const bytes = random() < 0.5 ? one : spoiled(random, one, oneOf(random, REQUESTS));
        const at = below(random, bytes.length);
        return over(ports.http, random() < 0.5 ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)], random);
      }),
    );
  },
};

/** Live tails whose clients do not keep to RFC 6455, or do not read. */
export const tails: Fuzz = {
  name: 'tails',
  async round({ ports }, random) {
    await Promise.all(
      Array.from({ length: 12 }, () => {
        const asked = upgrade(
          oneOf(random, ['{app=~".+"}', '{app="calltrail"}', '{', '', 'rate({a="b"}[1m])', '{node="fs"} |~ "x*"']),
        );
        const frames = Array.from({ length: below(random, 20) }, () => frame(random));
        return over(ports.http, [random() < 0.8 ? asked : spoiled(random, asked, asked), ...frames], random);
      }),
    );
  },
};
