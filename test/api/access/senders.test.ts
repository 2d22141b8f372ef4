import { expect, onTestFinished, test } from 'vitest';
import { createStatusServer } from '../../../api/server.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';

const users = [
  { name: 'desk', secret: 'secret-of-a-reader', role: 'reader' },
  { name: 'ops', secret: 'secret-of-an-operator', role: 'operator' },
] as const;

test('operators see who sends without being let in, also of a process that only collects; readers do not', async () => {
  const server = await createStatusServer({
    ...{ metrics: createMetrics(), log: silentLog, version: '1', access: { users, anonymous: false } },
    sources: () => [],
    unknownSenders: () => [
      {
        ...{ source: 'hep-udp', address: '10.1.2.3', reason: 'wrong_key', captureId: 7, name: 'edge9', count: 12 },
        ...{ firstMs: 0, lastMs: 1000 },
      },
    ],
  });
  onTestFinished(() => server.close());
  const ask = async (secret: string) =>
    server.inject({ url: '/api/senders', headers: { authorization: `Bearer ${secret}` } });
  expect((await ask(users[1].secret)).json()).toEqual({
    unknown: [
      {
        ...{ source: 'hep-udp', address: '10.1.2.3', reason: 'wrong_key', captureId: 7, name: 'edge9', count: 12 },
        ...{ firstAt: '1970-01-01T00:00:00.000000Z', lastAt: '1970-01-01T00:00:01.000000Z' },
      },
    ],
  });
  const refused = await ask(users[0].secret);
  expect([refused.statusCode, refused.json().error]).toEqual([403, 'role']);
  expect(refused.body).not.toContain('10.1.2.3');
});
