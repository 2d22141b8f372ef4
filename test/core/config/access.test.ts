import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { parseConfig } from '../../../core/config/load.ts';

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, {});
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const openid = (more = '', roles = ', roles: {claim: groups}') =>
  `access: {openid: {issuer: "https://idp.example/realms/voip", clientId: calltrail, clientSecret: "a-secret-of-it", baseUrl: "https://calltrail.example/"${roles}${more}}}`;
const TENANTS = 'correlation: {tenants: [{name: acme, nodes: [fs1]}]}';

describe('who may ask, in the configuration', () => {
  test('a provider closes the port to strangers, and lets nobody in without a role', () => {
    const { access } = parseConfig(`http: {host: 0.0.0.0}\n${openid()}`);
    expect(access).toEqual({
      users: [],
      anonymous: false,
      openid: {
        ...{ issuer: 'https://idp.example/realms/voip', clientId: 'calltrail', clientSecret: 'a-secret-of-it' },
        ...{ baseUrl: 'https://calltrail.example', scopes: ['openid', 'profile', 'email'], name: 'preferred_username' },
        roles: { claim: 'groups', values: {}, otherwise: 'none' },
        sessionHours: 8,
      },
      limits: { requestsPerMinute: 6000, questions: 8, waiting: 100, tails: 10 },
    });
  });

  test('the port of the operator alone has no limits unless he says so', () => {
    expect(parseConfig('').access).toEqual({ users: [], anonymous: true });
    expect(parseConfig('access: {limits: {questions: 2}}').access.limits).toEqual({
      ...{ requestsPerMinute: 6000, questions: 2, waiting: 100, tails: 10 },
    });
    expect(parseConfig('access: {anonymous: true}').access.limits).toBeDefined();
    expect(parseConfig('access: {anonymous: true}').access.strangers).toBe('reader');
  });

  test.each([
    [openid('', ''), ['access.openid.roles: is missing: say who of those whom the provider knows may read']],
    [
      openid().replaceAll('https://', 'http://'),
      [
        'access.openid.issuer: must begin with https:// off this machine',
        'access.openid.baseUrl: must begin with https:// off this machine',
      ],
    ],
    [openid().replace('https://idp.example/realms/voip', 'http://127.0.0.1:9000'), []],
    [openid().replace('https://idp.example/realms/voip', 'https://['), ['access.openid.issuer: is no address']],
    [
      openid().replace('https://idp.example/realms/voip', 'idp'),
      ['access.openid.issuer: must begin with http:// or https://'],
    ],
    [
      openid(', audience: calltrail'),
      ['access.openid.audience: must not be the client id: tokens that tell a page who logged in would open the API'],
    ],
    [
      `${openid(', tenants: {claim: groups, values: {a: [acme], b: ["*"], c: [bell]}}')}\n${TENANTS}`,
      ['access.openid.tenants.values.c: "bell" is no tenant of correlation.tenants'],
    ],
    [
      openid(', roles: {claim: groups, values: {a: root}}', ''),
      ['access.openid.roles.values.a: must be one of reader, operator, admin'],
    ],
    [openid(', colour: red'), ['access.openid.colour: there is no such setting']],
    [
      'access: {grafana: {keys: "https://grafana.example/api/signing-keys/keys", issuer: "https://grafana.example"}}',
      ['access.grafana: its data source needs a user of its own in access.users'],
    ],
    [
      `access: {users: [{name: grafana, secret: a-long-enough-one}], grafana: {keys: "https://g.example/keys", issuer: "https://g.example", orgs: {"1": ["*"], "2": [bell]}, users: {alice: {tenants: [acme]}}}}\n${TENANTS}`,
      ['access.grafana.orgs.2: "bell" is no tenant of correlation.tenants'],
    ],
    [
      'access: {anonymous: true, grafana: {keys: /nowhere/keys.json, issuer: "https://g.example"}}',
      [expect.stringContaining('access.grafana.keys: ENOENT')],
    ],
    [openid().replace('calltrail.example/', 'example/calltrail'), ['access.openid.baseUrl: has no path']],
    ['access: {proxies: ["10.0.0.0/8", "::1", "192.0.2.1", "fd00::/8"]}', []],
    ['access: {limits: {questions: 0}}', ['access.limits.questions: must be >= 1']],
    ['access: {proxies: [nginx]}', ['access.proxies[0]: must be an address or a network, for example "10.0.0.0/8"']],
    [
      'access: {proxies: ["10.0.0.0/99"]}',
      ['access.proxies[0]: must be an address or a network, for example "10.0.0.0/8"'],
    ],
    [
      'access: {users: 7, openid: 7, grafana: [], limits: x}',
      expect.arrayContaining([expect.stringContaining('access.users')]),
    ],
    [
      'access: {users: [null, 7], grafana: {orgs: 7, users: {alice: 7}}}',
      expect.arrayContaining([expect.stringContaining('access.users[0]')]),
    ],
  ])('%s', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});
