import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { loadConfig, parseConfig } from '../../../core/config/load.ts';

function problemsOf(text: string, env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    parseConfig(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('listens on loopback only when nothing is said', () => {
    const config = parseConfig('');
    expect(config.http).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(config.hep.udp).toEqual({ host: '127.0.0.1', port: 9060 });
    expect(config.hep.tcp).toEqual({ host: '127.0.0.1', port: 9060 });
    expect(config.store).toEqual({ kind: 'embedded', path: 'data' });
    expect(config.freeswitch).toEqual([]);
    expect(config.trustSenderClock).toBe(false);
  });

  it('lets nobody in off loopback unless users are named, or everybody is said to be', () => {
    expect(problemsOf('http: {host: 0.0.0.0}')).toEqual([expect.stringContaining('access.users')]);
    expect(problemsOf('http: {host: 0.0.0.0}\naccess: {anonymous: true}')).toEqual([]);
    expect(parseConfig('http: {host: "127.0.0.1"}').access).toEqual({ users: [], anonymous: true });
    const users = 'access: {users: [{name: ops, secret: a-long-enough-one}]}';
    expect(parseConfig(`http: {host: "::"}\n${users}`).access).toEqual({
      users: [{ name: 'ops', secret: 'a-long-enough-one', role: 'reader' }],
      anonymous: false,
      limits: { requestsPerMinute: 6000, questions: 8, waiting: 100, tails: 10 },
    });
    expect(problemsOf('access: {users: [{name: ops, secret: short}]}')).toHaveLength(1);
    const twice = '{name: ops, secret: a-long-enough-one}';
    expect(problemsOf(`access: {users: [${twice}, ${twice}]}`)).toEqual(['access.users[1].name: "ops" is used twice']);
    const of = (tenant: string) =>
      `access: {users: [{name: ops, secret: a-long-enough-one, role: admin, tenants: [${tenant}]}]}
correlation: {tenants: [{name: acme, nodes: [fs1]}]}`;
    expect(problemsOf(of('acme'))).toEqual([]);
    expect(problemsOf(of('bell'))).toEqual(['access.users[0].tenants: "bell" is no tenant of correlation.tenants']);
  });

  it('reads who may send HEP, and says which address is none', () => {
    expect(parseConfig('').hep).toMatchObject({
      unknown: 'refuse',
      maxConnections: 1024,
      maxConnectionsPerSender: 128,
    });
    const { hep } = parseConfig(`collector: {hep: {unknown: quarantine, maxPerSender: 9000, maxConnectionsPerSender: 4,
  allow: [192.0.2.0/24, {address: "2001:db8::/32", key: k, maxPerSecond: 500}]}}`);
    expect(hep).toMatchObject({ unknown: 'quarantine', maxPerSender: 9000, maxConnectionsPerSender: 4 });
    expect(hep.allow).toEqual([{ address: '192.0.2.0/24' }, { address: '2001:db8::/32', key: 'k', maxPerSecond: 500 }]);
    expect(problemsOf('collector: {hep: {allow: [kam1, {address: 10.0.0.0/40}]}}')).toEqual([
      expect.stringMatching(/^collector\.hep\.allow\[0\]: must be an address or a block/),
      expect.stringMatching(/^collector\.hep\.allow\[1\]\.address: must be an address or a block/),
    ]);
    expect(problemsOf('collector: {hep: {allow: [{adress: 10.0.0.1}]}}')).toContain(
      'collector.hep.allow[0].adress: there is no such setting',
    );
    const tls = '{listen: "127.0.0.1:9061", cert: c, key: k, clientNames: [kam1]}';
    expect(problemsOf(`collector: {hep: {tls: ${tls}}}`)).toEqual([expect.stringContaining('without clientCa')]);
  });

  it('reads TLS of nodes and lists of nodes, and says what does not go together', () => {
    const certificate = (name: string): string => new URL(`../../certificates/${name}.pem`, import.meta.url).pathname;
    const tls = { ca: certificate('ca'), cert: certificate('client'), key: certificate('client-key'), servername: 's' };
    const node = { name: 'fs1', host: 'h', password: 'p' };
    const of = (collector: object): string => JSON.stringify({ collector });
    expect(parseConfig(of({ freeswitch: [{ ...node, tls }] })).freeswitch[0]?.tls).toMatchObject({
      ca: expect.stringContaining('BEGIN CERTIFICATE'),
      key: expect.stringContaining('PRIVATE KEY'),
      servername: 's',
    });
    expect(problemsOf(of({ freeswitch: [{ ...node, tls: { ...tls, key: certificate('server-key') } }] }))).toEqual([
      expect.stringMatching(/^collector\.freeswitch\[0\]\.tls: .*key values mismatch/),
    ]);
    expect(problemsOf(of({ asterisk: [{ ...node, username: 'u', tls: { cert: 'c' } }] }))).toEqual([
      'collector.asterisk[0].tls: cert and key go together',
    ]);
    expect(problemsOf(of({ freeswitch: [{ ...node, password: 'a\nb' }] }))).toEqual([
      'collector.freeswitch[0].password: must be there, and without a line break',
    ]);
    const list = { kind: 'freeswitch', password: 'p' };
    expect(
      parseConfig(
        of({
          discover: [
            { ...list, dns: '_esl._tcp.fs' },
            { ...list, file: 'f' },
          ],
        }),
      ).discover,
    ).toEqual([
      {
        ...{ kind: 'freeswitch', from: { dns: '_esl._tcp.fs', names: 'dns' }, everySeconds: 15, goneSeconds: 60 },
        node: { port: 8021, logLevel: 7, password: 'p' },
      },
      {
        ...{ kind: 'freeswitch', from: { file: 'f' }, everySeconds: 5, goneSeconds: 60 },
        node: { port: 8021, logLevel: 7, password: 'p' },
      },
    ]);
    expect(
      problemsOf(of({ discover: [list, { ...list, dns: 'd', file: 'f' }], dnsServers: ['ns1', '10.0.0.1:99999'] })),
    ).toEqual([
      ...[0, 1].map((i) => `collector.discover[${i}]: needs either dns or file`),
      ...[0, 1].map((i) => expect.stringContaining(`collector.dnsServers[${i}]: must be an address`)),
    ]);
  });

  it('takes secrets from the environment', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how the file writes it
    const text = 'collector: {freeswitch: [{name: fs1, host: 192.0.2.1, password: "${FS1_PASSWORD}"}]}';
    const [node] = parseConfig(text, { FS1_PASSWORD: 'ClueCon' }).freeswitch;
    expect(node).toEqual({ name: 'fs1', host: '192.0.2.1', port: 8021, logLevel: 7, password: 'ClueCon' });
  });

  it('lets readers in on loopback, and only where it says so and there is a password', () => {
    expect(parseConfig('store: {reader: {password: long-enough}}').store).toEqual({
      kind: 'embedded',
      path: 'data',
      reader: {
        ...{ host: '127.0.0.1', port: 8123, password: 'long-enough' },
        ...{ maxSeconds: 10, maxMemoryMb: 512, maxRows: 50_000_000 },
      },
    });
    expect(problemsOf('store: {reader: {listen: "127.0.0.1:8123"}}')).toEqual(['store.reader.password: is missing']);
    expect(problemsOf('store: {reader: {listen: "8123", password: long-enough}}')).toEqual([
      'store.reader.listen: must be "host:port", for example "127.0.0.1:8123"',
    ]);
    expect(problemsOf('store: {kind: clickhouse, url: "http://ch:8123", reader: {password: long-enough}}')).toEqual([
      expect.stringContaining('store.reader: is of the embedded store'),
    ]);
  });

  it('lists every mistake at once, each with the name of its setting', () => {
    const problems = problemsOf(`
http: {port: 99999, hots: 1}
store: {kind: oracle}
collector:
  hep: {udp: "9060"}
  freeswitch:
    - {name: a, host: b, password: "\${NOT_SET}"}
    - {name: a, port: x}
`);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringContaining('collector.freeswitch[0].password: the environment variable NOT_SET is not set'),
        expect.stringContaining('http.hots: there is no such setting'),
        expect.stringContaining('http.port'),
        expect.stringContaining('store.kind: must be one of embedded, clickhouse'),
        expect.stringContaining('collector.hep.udp: must be "host:port"'),
        expect.stringContaining('collector.freeswitch[1].host: is missing'),
        expect.stringContaining('collector.freeswitch[1].password: is missing'),
        expect.stringContaining('collector.freeswitch[1].name: "a" is used twice'),
      ]),
    );
  });

  it('does everything in one process when nothing is said, and reads what Kafka needs', () => {
    expect(parseConfig('').roles).toEqual(['collector', 'indexer', 'linker', 'api']);
    expect(parseConfig('').kafka).toBeUndefined();
    const text =
      'roles: [indexer, collector]\nstore: {kind: clickhouse, url: "http://db"}\nkafka: {brokers: ["k1:9092"]}';
    const { roles, kafka } = parseConfig(text);
    expect(roles).toEqual(['collector', 'indexer']);
    expect(kafka).toEqual({
      ...{ brokers: ['k1:9092'], topic: 'calltrail', group: 'calltrail', clientId: 'calltrail', compression: 'none' },
    });
    const pem = join(mkdtempSync(join(tmpdir(), 'calltrail-config-')), 'ca.pem');
    writeFileSync(pem, 'PEM');
    const secured = `kafka: {brokers: [k1:9093], tls: {ca: ${pem}}, sasl: {mechanism: plain, username: u, password: p}}`;
    expect(parseConfig(secured).kafka).toMatchObject({
      tls: { ca: 'PEM' },
      sasl: { mechanism: 'plain', username: 'u', password: 'p' },
    });
  });

  it('says why roles cannot work as they are', () => {
    const server = 'store: {kind: clickhouse, url: "http://db"}\n';
    const kafka = 'kafka: {brokers: [k1:9092]}\n';
    expect(problemsOf(`${server}roles: [collector]`)).toEqual([
      'roles: a process with the collector and without the indexer needs kafka between the two',
    ]);
    expect(problemsOf(`${server}roles: [indexer, linker, api]`)).toEqual([
      'roles: a process with the indexer and without the collector needs kafka between the two',
    ]);
    expect(problemsOf(`${kafka}roles: [indexer, linker]`)).toEqual([
      'store.kind: must be clickhouse, as the embedded store serves one process and api would be another',
    ]);
    expect(problemsOf(`${kafka}roles: [collector, collector]`)).toEqual(['roles: "collector" is there twice']);
    expect(problemsOf(`${kafka}roles: [reader]`)).toEqual(['roles[0]: must be one of collector, indexer, linker, api']);
    expect(problemsOf('roles: []')).toHaveLength(1);
    for (const roles of ['[collector]', '[indexer, linker, api]', '[collector, indexer, linker, api]']) {
      expect([roles, problemsOf(`${kafka}roles: ${roles}`)]).toEqual([roles, []]);
    }
    for (const roles of ['[api]', '[linker]', '[linker, api]']) {
      expect([roles, problemsOf(`${server}roles: ${roles}`)]).toEqual([roles, []]);
    }
  });

  it('says what is wrong with the way to the brokers', () => {
    const problems = problemsOf(
      'kafka: {brokers: ["k1", "k2:9092"], topic: "a b", compression: lz4, tls: {cert: c.pem}, sasl: {mechanism: gssapi}}',
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        'kafka.brokers[0]: must be "host:port", for example "kafka1:9092"',
        'kafka.topic: may hold letters, digits, ".", "_" and "-" only',
        'kafka.compression: must be one of none, gzip, zstd',
        'kafka.tls: cert and key go together',
        'kafka.sasl.username: is missing',
        'kafka.sasl.mechanism: must be one of plain, scram-sha-256, scram-sha-512',
      ]),
    );
    expect(problemsOf('kafka: {}')).toEqual(['kafka.brokers: is missing']);
    expect(problemsOf('kafka: {brokers: [k1:9092], tls: {ca: /no/such.pem}}').join()).toContain('kafka.tls.ca: ENOENT');
  });

  it('says what is wrong with a tenant', () => {
    const problems = problemsOf(`
correlation:
  tenants:
    - {name: acme, nodes: [fs1], domains: [acme.example]}
    - {name: acme, domains: [ACME.example]}
    - {name: none, nodes: []}
    - {nodes: [fs1]}
    - {name: odd, nodes: fs3}
    - nothing
`);
    expect([...problems].sort()).toEqual([
      'correlation.tenants[1].domains: "ACME.example" is of tenant "acme" already',
      'correlation.tenants[1].name: "acme" is used twice',
      'correlation.tenants[2]: has neither nodes nor domains, so that no leg would be of this tenant',
      'correlation.tenants[3].name: is missing',
      'correlation.tenants[3].nodes: "fs1" is of tenant "acme" already',
      'correlation.tenants[4].nodes: must be array',
      'correlation.tenants[5]: must be object',
    ]);
  });

  it('reads tenants, and has none without the setting', () => {
    expect(parseConfig('').tenants).toEqual([]);
    expect(parseConfig('correlation: {tenants: [{name: acme, nodes: [fs1]}]}').tenants).toEqual([
      { name: 'acme', nodes: ['fs1'], domains: [] },
    ]);
  });

  it('watches the site, tenants, trunks and nodes for alerts, and says what is wrong with another wish', () => {
    expect(parseConfig('').alerts).toEqual({
      ...{ enabled: true, scale: 1, dimensions: ['tenant', 'trunk', 'node'], top: 20 },
    });
    const { alerts, retention } = parseConfig(
      '{alerts: {scale: 1.4, dimensions: [trunk]}, store: {retention: {counts: 0}}}',
    );
    expect(alerts).toEqual({ enabled: true, scale: 1.4, dimensions: ['trunk'], top: 20 });
    expect(retention).toMatchObject({ counts: 0, alerts: 400 });
    expect(
      problemsOf('{alerts: {scale: 0, top: 500, dimensions: [country], on: true}, store: {retention: {counts: 30}}}'),
    ).toEqual([
      'alerts.on: there is no such setting',
      'alerts.scale: must be >= 0.1',
      'alerts.dimensions[0]: must be one of tenant, trunk, node',
      'alerts.top: must be <= 200',
      'store.retention.counts: must be at least 63 days, or 0 for ever: alerts learn from six weeks of counts',
    ]);
  });

  it('says where the YAML itself is broken', () => {
    expect(problemsOf('http: {port: 1')[0]).toMatch(/line \d+/);
  });

  it('needs a URL for a ClickHouse server', () => {
    expect(problemsOf('store: {kind: clickhouse}')).toEqual(['store.url: is missing']);
  });

  it('reads IPv6 addresses in brackets', () => {
    expect(parseConfig('collector: {hep: {udp: "[::1]:9060"}}').hep.udp).toEqual({ host: '::1', port: 9060 });
  });

  it('refuses a port that does not exist', () => {
    expect(problemsOf('collector: {hep: {udp: "127.0.0.1:70000"}}')[0]).toContain('65535');
  });

  it('hides numbers and names from readers when there is a key, from others as it is said, and from nobody without', () => {
    const key = '0123456789abcdef0123456789abcdef';
    expect(parseConfig('').privacy).toEqual({ key: '', mask: [], showDigits: { first: 0, last: 0 } });
    expect(parseConfig(`privacy: {key: ${key}}`).privacy.mask).toEqual(['reader']);
    expect(
      parseConfig(`privacy: {key: "\${KEY}", mask: [reader, operator], showDigits: {first: 4}}`, { KEY: key }).privacy,
    ).toEqual({ key, mask: ['reader', 'operator'], showDigits: { first: 4, last: 0 } });
    const file = join(mkdtempSync(join(tmpdir(), 'calltrail-')), 'key');
    writeFileSync(file, `${key}\n`);
    expect(parseConfig(`privacy: {keyFile: ${file}}`).privacy.key).toBe(key);
    writeFileSync(file, 'short');
    expect(problemsOf(`privacy: {keyFile: ${file}}`)).toEqual(['privacy.keyFile: a key has at least 32 characters']);
    expect(problemsOf('privacy: {keyFile: /nowhere/key}')[0]).toContain('privacy.keyFile');
  });

  it('refuses tokens that could not be made', () => {
    expect(problemsOf('privacy: {mask: [reader]}')).toEqual([
      'privacy.mask: tokens are made with a key: say it in privacy.key or privacy.keyFile',
    ]);
    expect(problemsOf('privacy: {showDigits: {first: 2}}')).toHaveLength(1);
    expect(problemsOf('privacy: {key: short}')).toHaveLength(1);
    const key = '0123456789abcdef0123456789abcdef';
    expect(problemsOf(`privacy: {key: ${key}, keyFile: k}`)).toHaveLength(1);
    expect(problemsOf(`privacy: {key: ${key}, mask: [guest]}`)).toHaveLength(1);
    expect(problemsOf(`privacy: {key: ${key}, showDigits: {first: 7}}`)).toHaveLength(1);
    expect(problemsOf('privacy: []')).not.toEqual([]);
  });

  it('is not polluted by a key named __proto__', () => {
    expect(problemsOf('__proto__: {polluted: true}')).toHaveLength(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('says which file cannot be read, and which certificate', () => {
    expect(() => loadConfig('/nowhere/calltrail.yaml')).toThrow(/\/nowhere\/calltrail.yaml/);
    const file = join(mkdtempSync(join(tmpdir(), 'calltrail-')), 'c.yaml');
    writeFileSync(
      file,
      'collector: {hep: {tls: {listen: "127.0.0.1:9061", cert: /nowhere/c.pem, key: /nowhere/k.pem}}}',
    );
    expect(() => loadConfig(file)).toThrow(/collector.hep.tls.cert/);
  });

  it('says which days of a tenant cannot be', () => {
    const of = (retention: string) =>
      problemsOf(
        `store: {retention: {logs: 7}}\ncorrelation: {tenants: [{name: a, nodes: [x], retention: ${retention}}]}`,
      );
    expect(of('{messages: 10, logs: 7, identifiers: 10}')).toEqual([]);
    expect(of('{logs: 8}')).toEqual([
      "correlation.tenants[0].retention.logs: is more than the site's 7 days (store.retention.logs)",
    ]);
    expect(of('{messages: 10, identifiers: 9}')).toEqual([
      "correlation.tenants[0].retention.identifiers: must not be less than messages: by it a leg is known to be this tenant's",
    ]);
    expect(of('{events: 0}')).toEqual(['correlation.tenants[0].retention.events: must be at least one day']);
  });
});
