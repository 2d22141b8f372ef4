import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { encodeHep } from '../../../collector/hep/encode.ts';
import { below, garbage, oneOf, type Random, SIP_TEXTS, spoiled } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';

function packetOf(random: Random): Buffer {
  const text = oneOf(random, SIP_TEXTS);
  const payload = random() < 0.5 ? text : spoiled(random, text, oneOf(random, SIP_TEXTS));
  return encodeHep({
    ...{ srcIp: '198.51.100.1', srcPort: below(random, 65536), dstIp: '198.51.100.2', dstPort: 5060, transport: 'udp' },
    protocol: oneOf(random, [1, 1, 1, 5, 34, 100, 200]),
    sentUs: random() < 0.8 ? Date.now() * 1000 : below(random, 2 ** 31) * 1e6,
    captureId: below(random, 5),
    payload: (random() < 0.1 ? gzipSync(payload) : payload).subarray(0, 60_000),
    ...(random() < 0.2 ? { correlationId: garbage(random, 100).toString('latin1') } : {}),
    ...(random() < 0.2 ? { nodeName: garbage(random, 60).toString('latin1') } : {}),
  });
}

const hostilePacket = (random: Random): Buffer =>
  random() < 0.15 ? garbage(random, 300) : spoiled(random, packetOf(random), packetOf(random));

export const hepUdp: Fuzz = {
  name: 'hep-udp',
  async round({ ports }, random) {
    const socket = createSocket('udp4');
    for (let i = 0; i < 300; i++) {
      const packet = random() < 0.3 ? packetOf(random) : hostilePacket(random);
      await new Promise((resolve) => socket.send(packet, ports.hep, '127.0.0.1', resolve));
    }
    socket.close();
  },
};

/** Packets, right and wrong, cut where they should not be; some connections end in the middle, some say nothing at all. */
async function talk(open: () => Socket, random: Random): Promise<void> {
  const sockets = Array.from({ length: 8 }, open);
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.once('close', resolve));
      // Of its own accord: one that says nothing, or not enough, is not shut by the other side.
      const timer = setTimeout(() => socket.destroy(), 2000);
      for (let i = below(random, 60); i > 0 && !socket.destroyed; i--) {
        const packet = random() < 0.9 ? packetOf(random) : hostilePacket(random);
        const cut = below(random, packet.length);
        socket.write(packet.subarray(0, cut));
        if (random() < 0.05) await new Promise((resolve) => setTimeout(resolve, 5));
        socket.write(packet.subarray(cut));
      }
      if (random() < 0.3) socket.destroy();
      else socket.end();
      await closed;
      clearTimeout(timer);
    }),
  );
}

export const hepTcp: Fuzz = {
  name: 'hep-tcp',
  round: ({ ports }, random) => talk(() => connect(ports.hep, '127.0.0.1'), random),
};

export const hepTls: Fuzz = {
  name: 'hep-tls',
  async round({ ports }, random) {
    // As a sender of ours, and as one that does not speak TLS.
    await talk(() => connectTls({ host: '127.0.0.1', port: ports.hepTls, rejectUnauthorized: false }), random);
    await talk(() => connect(ports.hepTls, '127.0.0.1'), random);
  },
};
