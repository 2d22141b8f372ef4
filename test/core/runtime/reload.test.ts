import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/load.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { createReload } from '../../../core/runtime/reload.ts';
import { counted } from '../../collector/hep/helpers.ts';

function setUp(change: (config: Config) => Promise<void> = async () => undefined) {
  const metrics = createMetrics();
  const logged: string[] = [];
  const changed: Config[] = [];
  const say = (level: string) => (message: string) => void logged.push(`${level} ${message}`);
  const reload = createReload({
    config: parseConfig(''),
    metrics,
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    change: async (config) => {
      changed.push(config);
      await change(config);
    },
  });
  const reloads = (result: string) => counted(metrics, 'calltrail_config_reloads_total', { result });
  const isGood = () => counted(metrics, 'calltrail_config_last_reload_successful');
  return { reload, logged, changed, reloads, isGood, metrics };
}

test('takes over what it can, says what waits for a restart, and goes on saying so', async () => {
  const { reload, logged, changed } = setUp();
  const text = 'hosts: {10.0.0.1: edge}\nhttp: {port: 1}';
  expect(await reload.from(() => parseConfig(text))).toBe('applied');
  expect(changed.map(({ hosts, http }) => [hosts, http.port])).toEqual([[{ '10.0.0.1': 'edge' }, 8080]]);
  expect(logged).toEqual(['warn configuration read: hosts taken over; a restart is needed for http']);
  expect(await reload.from(() => parseConfig(text))).toBe('unchanged');
  expect(logged[1]).toBe('warn configuration read: nothing is changed; a restart is needed for http');
  expect(reload.states()).toMatchObject([{ state: 'up', detail: 'a restart is needed for http' }]);
  expect(await reload.from(() => parseConfig('hosts: {10.0.0.1: edge}'))).toBe('unchanged');
  expect(reload.states()).toEqual([]);
  expect(changed).toHaveLength(1);
});

test('a wrong file changes nothing, and each of its mistakes is told', async () => {
  const { reload, logged, changed, reloads, isGood, metrics } = setUp();
  expect(await reload.from(() => parseConfig('hots: {}\nhttp: {port: x}'))).toBe('refused');
  expect(changed).toEqual([]);
  expect(logged).toEqual([
    'error the configuration is not taken over, and what was before holds: 2 mistakes',
    'error hots: there is no such setting',
    expect.stringContaining('error http.port: '),
  ]);
  expect([await reloads('refused'), await isGood()]).toEqual([1, 0]);
  expect(reload.states()).toMatchObject([{ name: 'configuration', state: 'down' }]);
  for (const { name, state } of reload.states()) metrics.sourceUp(name, state === 'up');
  expect(await reload.from(() => parseConfig('hosts: {a: b}'))).toBe('applied');
  // No alert goes on for a configuration that is right again.
  expect(await metrics.registry.metrics()).not.toContain('source="configuration"');
  expect([await isGood(), reload.states()]).toEqual([1, []]);
});

test('who only looks says the same thing once, and nothing while nothing changes', async () => {
  const { reload, logged, reloads } = setUp();
  const look = (text: string) => reload.look(() => parseConfig(text));
  expect([await look(''), await look('')]).toEqual(['unchanged', 'unchanged']);
  expect(logged).toEqual([]);
  expect([await look('hots: 1'), await look('hots: 1')]).toEqual(['refused', 'refused']);
  expect(logged).toHaveLength(2);
  expect([await look('hosts: {a: b}'), await look('hosts: {a: b}')]).toEqual(['applied', 'unchanged']);
  expect(logged).toHaveLength(3);
  expect([await reloads('refused'), await reloads('applied'), await reloads('unchanged')]).toEqual([1, 1, 0]);
});

test('what cannot be done is told, and is tried again the next time', async () => {
  let fails = true;
  const { reload, logged, changed } = setUp(async () => {
    if (fails) throw new Error('no descriptor left');
  });
  const load = () => parseConfig('hosts: {a: b}');
  expect(await reload.from(load)).toBe('refused');
  expect(logged[1]).toContain('no descriptor left');
  fails = false;
  expect(await reload.look(load)).toBe('applied');
  expect(changed).toHaveLength(2);
});

test('one reading follows the other', async () => {
  const order: string[] = [];
  const { reload } = setUp(async ({ hosts }) => {
    order.push(`begin ${hosts.a}`);
    await new Promise(setImmediate);
    order.push(`end ${hosts.a}`);
  });
  await Promise.all(['1', '2'].map((n) => reload.from(() => parseConfig(`hosts: {a: n${n}}`))));
  expect(order).toEqual(['begin n1', 'end n1', 'begin n2', 'end n2']);
});
