import { expect, test } from 'vitest';
import { changesBetween } from '../../../core/config/changes.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import type { ConfigFile } from '../../../core/config/schema.ts';

const between = (before: ConfigFile, after: ConfigFile) => changesBetween(resolveConfig(before), resolveConfig(after));
const node = { name: 'fs1', host: '10.0.0.1', password: 'p' };

test('of two equal configurations there is nothing to say', () => {
  const file: ConfigFile = { collector: { freeswitch: [node], hep: { key: 'k' } }, hosts: { a: 'b' } };
  expect(between(file, file)).toEqual({ config: resolveConfig(file), live: [], restart: [] });
});

test('who may ask and send, switches and names are taken over', () => {
  const after: ConfigFile = {
    access: { users: [{ name: 'ops', secret: 'long enough for it' }] },
    hosts: { '10.0.0.1': 'edge' },
    collector: {
      hep: { key: 'k', allow: ['10.0.0.0/8'], maxPerSender: 5, maxConnections: 6, maxConnectionsPerSender: 7 },
      freeswitch: [{ ...node, logLevel: 4 }],
      asterisk: [{ ...node, name: 'ast1', username: 'u' }],
      logFiles: [{ path: '/x', node: 'fs1' }],
      discover: [{ kind: 'freeswitch', file: '/y', password: 'p' }],
      dnsServers: ['192.0.2.53'],
    },
  };
  const before: ConfigFile = {
    access: { users: [{ name: 'ann', secret: 'long enough for it' }] },
    collector: { freeswitch: [node] },
  };
  const { config, live, restart } = between(before, after);
  expect(config).toEqual(resolveConfig(after));
  expect(live.toSorted()).toEqual([
    ...['access.users', 'collector.asterisk', 'collector.discover', 'collector.dnsServers', 'collector.freeswitch'],
    ...['collector.hep.allow', 'collector.hep.key', 'collector.hep.maxConnections'],
    ...['collector.hep.maxConnectionsPerSender', 'collector.hep.maxPerSender', 'collector.logFiles', 'hosts'],
  ]);
  expect(restart).toEqual([]);
});

test('the first users are let in at once, and their limits wait for a restart', () => {
  const users = [{ name: 'ann', secret: 'long enough for it' }];
  const { config, live, restart } = between({}, { access: { users } });
  expect(config.access).toEqual({ users: [{ ...users[0], role: 'reader' }], anonymous: false });
  expect([live, restart]).toEqual([['access.users', 'access.anonymous'], ['access.limits']]);
});

test('places, store and what is read from messages wait for a restart, by their names, and hold as they were', () => {
  const before: ConfigFile = { hosts: { a: 'x' } };
  const { config, live, restart } = between(before, {
    http: { port: 1 },
    store: { path: 'elsewhere', retention: { logs: 3 } },
    kafka: { brokers: ['k:1'] },
    collector: { hep: { udp: '127.0.0.1:1', tcp: '127.0.0.1:2' }, trustSenderClock: true },
    correlation: { headers: ['X-Other'], tenants: [{ name: 't', nodes: ['n'] }] },
    otlp: { url: 'http://127.0.0.1' },
    hosts: { b: 'y' },
  });
  expect(live).toEqual(['hosts']);
  expect(restart.toSorted()).toEqual([
    ...['collector.hep.tcp', 'collector.hep.udp', 'collector.trustSenderClock', 'correlation.headers'],
    ...['correlation.tenants', 'http', 'journal', 'kafka', 'otlp', 'store', 'store.retention'],
  ]);
  expect(config).toEqual({ ...resolveConfig(before), hosts: { b: 'y' } });
});
