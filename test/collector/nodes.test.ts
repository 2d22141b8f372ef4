import { expect, onTestFinished, test } from 'vitest';
import { createSources } from '../../collector/sources.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import type { ConfigFile } from '../../core/config/schema.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createAmiReplayServer } from '../replay/ami-server.ts';
import { createEslReplayServer } from '../replay/esl-server.ts';
import { ACCOUNT } from './ami/harness.ts';
import { recording } from './esl/fixtures.ts';
import { createKeepingBus, eventually, PASSWORD } from './esl/harness.ts';

test('a switch whose lines change is connected anew, and what was not heard meanwhile is a gap', async () => {
  const [fs1, fs2] = [
    await createEslReplayServer({ password: PASSWORD }),
    await createEslReplayServer({ password: PASSWORD }),
  ];
  const ast1 = await createAmiReplayServer(ACCOUNT);
  onTestFinished(async () => void (await Promise.all([fs1.close(), fs2.close(), ast1.close()])));
  const configOf = (logLevel: number, askCallIds: boolean) => {
    const here = { host: '127.0.0.1', password: PASSWORD };
    const collector: ConfigFile['collector'] = {
      hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' },
      trustSenderClock: true,
      freeswitch: [
        { ...here, name: 'fs1', port: fs1.port, logLevel },
        { ...here, name: 'fs2', port: fs2.port },
      ],
      asterisk: [{ name: 'ast1', host: '127.0.0.1', port: ast1.port, ...ACCOUNT, askCallIds }],
    };
    return resolveConfig({ collector });
  };
  const bus = createKeepingBus();
  const sources = createSources(configOf(7, false), { bus, metrics: createMetrics(), log: silentLog });
  onTestFinished(() => sources.stop());
  await sources.start();
  const isUp = (): void => {
    expect(new Set(sources.states().map(({ state }) => state))).toEqual(new Set(['up']));
  };
  await eventually(isUp);
  expect(await fs1.feed(recording('utf8'))).toBe(true);
  await eventually(() => expect(bus.of('event').length).toBeGreaterThan(0));
  expect(bus.of('gap')).toEqual([]);

  await sources.change(configOf(6, true));
  await eventually(isUp);
  await eventually(() =>
    expect(
      bus
        .of('gap')
        .map(({ node, stream, reason }) => `${node} ${stream} ${reason}`)
        .toSorted(),
    ).toEqual(['ast1 events reconfigured', 'fs1 events reconfigured', 'fs1 logs reconfigured']),
  );
  for (const { fromUs, untilUs } of bus.of('gap')) expect(untilUs).toBeGreaterThanOrEqual(fromUs);
  expect(fs1.commands).toContain('log 6');
  expect(fs2.commands.filter((command) => command.startsWith('auth'))).toHaveLength(2);
});
