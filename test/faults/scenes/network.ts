import { join } from 'node:path';
import { createRandom } from '../../replay/random.ts';
import { until } from '../../system/until.ts';
import { createSite } from '../calltrail-process.ts';
import type { Fault } from '../fault.ts';
import { startServerStore } from '../server-store.ts';
import { LONG, sentOn, through } from '../through.ts';

const journalOf = (directory: string) => ({ path: join(directory, 'journal') });

export const storeAway: Fault = {
  name: 'store-away',
  what: 'a ClickHouse server refuses connections for so long, cut off in the middle of what it was told',
  async run({ directory, rate, awayMs }) {
    const server = await startServerStore(directory);
    try {
      const site = await createSite(directory, journalOf(directory), { more: { store: server.config } });
      return await through(site, { rate, read: server.read }, async ({ sender }) => {
        await server.proxy.listen(false);
        await sentOn(sender, Math.floor((awayMs / 1000) * rate));
        await server.proxy.listen(true);
        await sentOn(sender, rate);
      });
    } finally {
      await server.stop();
    }
  },
};

export const replyLost: Fault = {
  name: 'reply-lost',
  what: 'the connection is cut when the server has stored rows and before it can say so, each third time',
  async run({ directory, rate, rounds, seed }) {
    const random = createRandom(seed);
    let [cutting, cuts] = [false, 0];
    const server = await startServerStore(directory, (question) => {
      // Rows of every kind: those of messages come first, and their neighbours' after them.
      const isInsert = /INSERT(\+|%20| )INTO/.test(question);
      if (!cutting || !isInsert || random() > 1 / 3) return 'pass';
      cuts += 1;
      return 'cut';
    });
    try {
      const site = await createSite(directory, journalOf(directory), { more: { store: server.config } });
      const result = await through(site, { rate, read: server.read }, async () => {
        cutting = true;
        await until('replies are lost', () => cuts >= 3 * rounds, LONG);
        cutting = false;
      });
      return { ...result, wrong: [...(result.wrong ?? []), ...(cuts === 0 ? ['no reply was lost'] : [])] };
    } finally {
      await server.stop();
    }
  },
};
