import { isIP } from 'node:net';
import { reasonOf } from '../runtime/reason.ts';
import type { AccessConfig, GrafanaConfig, OpenIdConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { fileText } from './file-text.ts';
import type { ConfigFile } from './schema.ts';

/** The section `access` of the configuration: what is made of it, and what can be wrong with it beside its form. */

type AccessFile = NonNullable<ConfigFile['access']>;

/** A dashboard of twenty panels asks so often when it is shown anew every second, for five people. */
const DEFAULT_LIMITS = { requestsPerMinute: 6000, questions: 8, waiting: 100, tails: 10 };

/** Grafana's own roles, https://grafana.com/docs/grafana/latest/administration/roles-and-permissions/. */
const GRAFANA_ROLES = { Viewer: 'reader', Editor: 'operator', Admin: 'admin' } as const;

export function resolveAccess(file: AccessFile = {}): AccessConfig {
  const { users = [], openid, grafana, limits } = file;
  const isNamed = users.length > 0 || openid !== undefined;
  return {
    users: users.map((user) => ({ role: 'reader', ...user })),
    // With users named everybody says who he is; without any only those on this machine can ask.
    anonymous: file.anonymous ?? !isNamed,
    ...(file.anonymous === true ? { strangers: 'reader' as const } : {}),
    ...(openid === undefined ? {} : { openid: resolveOpenId(openid) }),
    ...(grafana === undefined ? {} : { grafana: resolveGrafana(grafana) }),
    ...(file.proxies === undefined ? {} : { proxies: file.proxies }),
    // The port of nobody but the one at this machine has none.
    ...(isNamed || file.anonymous === true || limits !== undefined ? { limits: { ...DEFAULT_LIMITS, ...limits } } : {}),
  };
}

function resolveOpenId({ roles, audience, tenants, ...given }: NonNullable<AccessFile['openid']>): OpenIdConfig {
  return {
    ...{ scopes: ['openid', 'profile', 'email'], name: 'preferred_username', sessionHours: 8 },
    ...given,
    baseUrl: new URL(given.baseUrl).origin,
    roles: { claim: 'groups', values: {}, otherwise: 'none', ...roles },
    ...(tenants === undefined ? {} : { tenants }),
    ...(audience === undefined ? {} : { audience }),
  };
}

function resolveGrafana({ keys, issuer, roles, orgs, users }: NonNullable<AccessFile['grafana']>): GrafanaConfig {
  return {
    keys: /^https?:\/\//.test(keys) ? { url: keys } : { text: readKeys(keys) },
    issuer,
    roles: roles ?? GRAFANA_ROLES,
    ...(orgs === undefined ? {} : { orgs }),
    users: users ?? {},
  };
}

function readKeys(path: string): string {
  const text = fileText(path, 'access.grafana.keys');
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (Array.isArray(keys)) return text;
    throw new Error(`${path} is no JSON Web Key Set`);
  } catch (error) {
    throw new ConfigError([`access.grafana.keys: ${reasonOf(error)}`]);
  }
}

/** Settings of this section that are addresses. */
export const ACCESS_URLS = ['access.openid.issuer', 'access.openid.baseUrl', 'access.grafana.issuer'];

/** Off loopback nothing is open by default: calls are of people. The file may be anything: its form is told elsewhere. */
export function accessProblems({ http, access, correlation }: ConfigFile): string[] {
  const users = Array.isArray(access?.users) ? access.users : [];
  const problems: string[] = [];
  for (const [i, { name }] of users.map((user) => user ?? {}).entries()) {
    if (name !== undefined && users.findIndex((other) => other?.name === name) < i)
      problems.push(`access.users[${i}].name: "${name}" is used twice`);
  }
  const known = new Set((Array.isArray(correlation?.tenants) ? correlation.tenants : []).map((one) => one?.name));
  for (const { setting, tenants, all } of tenantLists(access)) {
    for (const tenant of Array.isArray(tenants) ? tenants : []) {
      if (known.has(tenant) || (all && tenant === '*')) continue;
      problems.push(`${setting}: "${tenant}" is no tenant of correlation.tenants`);
    }
  }
  problems.push(...vouchingProblems(access));
  for (const [i, proxy] of (Array.isArray(access?.proxies) ? access.proxies : []).entries()) {
    if (isNetwork(String(proxy))) continue;
    problems.push(`access.proxies[${i}]: must be an address or a network, for example "10.0.0.0/8"`);
  }
  const host = http?.host ?? '127.0.0.1';
  const isClosed = users.length > 0 || access?.openid !== undefined || access?.anonymous === true;
  if (typeof host !== 'string' || isLoopback(host) || isClosed) return problems;
  problems.push(
    `http.host: at ${host} everybody on the network could read every call: name those who may in access.users, or say access.anonymous: true`,
  );
  return problems;
}

/** Every list of tenants, with the name of its setting; `all` where "*" may stand for all of them. */
function* tenantLists(access: ConfigFile['access']) {
  for (const [i, user] of (Array.isArray(access?.users) ? access.users : []).entries()) {
    yield { setting: `access.users[${i}].tenants`, tenants: user?.tenants, all: false };
  }
  for (const [value, tenants] of Object.entries(access?.openid?.tenants?.values ?? {})) {
    yield { setting: `access.openid.tenants.values.${value}`, tenants, all: true };
  }
  for (const [org, tenants] of Object.entries(access?.grafana?.orgs ?? {})) {
    yield { setting: `access.grafana.orgs.${org}`, tenants, all: true };
  }
  for (const [login, grant] of Object.entries(access?.grafana?.users ?? {})) {
    yield { setting: `access.grafana.users.${login}.tenants`, tenants: grant?.tenants, all: true };
  }
}

function vouchingProblems(access: ConfigFile['access']): string[] {
  const problems: string[] = [];
  const { openid, grafana } = access ?? {};
  // Whoever sits between would say who anybody is.
  for (const setting of ['issuer', 'baseUrl'] as const) {
    const url = openid?.[setting];
    if (typeof url !== 'string' || !/^https?:\/\//.test(url)) continue;
    if (!URL.canParse(url)) problems.push(`access.openid.${setting}: is no address`);
    else if (setting === 'baseUrl' && new URL(url).pathname !== '/')
      problems.push(`access.openid.baseUrl: has no path`);
    else if (isInsecure(url)) problems.push(`access.openid.${setting}: must begin with https:// off this machine`);
  }
  if (openid?.audience !== undefined && openid.audience === openid.clientId) {
    problems.push(
      'access.openid.audience: must not be the client id: tokens that tell a page who logged in would open the API',
    );
  }
  if (openid !== undefined && openid.roles === undefined) {
    problems.push('access.openid.roles: is missing: say who of those whom the provider knows may read');
  }
  const isVouched = (access?.users ?? []).length > 0 || openid !== undefined || access?.anonymous === true;
  if (grafana !== undefined && !isVouched) {
    problems.push('access.grafana: its data source needs a user of its own in access.users');
  }
  return problems;
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128);
}

function isInsecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
