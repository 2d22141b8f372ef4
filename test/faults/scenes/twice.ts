import { once } from 'node:events';
import { connect } from 'node:net';
import { until } from '../../system/until.ts';
import { createSite } from '../calltrail-process.ts';
import type { Fault } from '../fault.ts';
import { packetOf } from '../sender.ts';
import { readStoredOnce } from '../stored.ts';
import { LONG } from '../through.ts';

export const deliveredTwice: Fault = {
  name: 'delivered-twice',
  what: 'the same packets over two connections, as a sender does that did not see its first one end: each is seen once',
  async run({ directory, rate }) {
    const sent = 3 * rate;
    const sentUs = Date.now() * 1000;
    const bytes = Buffer.concat(Array.from({ length: sent }, (_, n) => packetOf('twice', n, sentUs + n)));
    const site = await createSite(directory);
    const calltrail = await site.start();
    try {
      const sockets = [connect(site.hepPort, '127.0.0.1'), connect(site.hepPort, '127.0.0.1')];
      for (const socket of sockets) await once(socket, 'connect');
      const closed = sockets.map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.end(bytes);
      await Promise.all(closed);
      const stored = (): Promise<number> => calltrail.counted('calltrail_bus_stored_total');
      await until('both are stored', async () => (await stored()) === 2 * sent, LONG);
      const lost = await calltrail.counted('calltrail_lost_total');
      await calltrail.stop();
      return {
        runs: [{ name: 'twice', sent, promised: sent, stored: (await readStoredOnce(directory)).get('twice') }],
        lost,
      };
    } finally {
      await calltrail.stop();
    }
  },
};
