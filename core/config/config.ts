import type { JournalLimits } from '../bus/journal/limits.ts';
import type { ShownDigits } from '../privacy/tokens.ts';
import type { Tenant } from '../runtime/tenants.ts';
import type { AsteriskNode, DiscoverConfig, FreeswitchNode, HepConfig, LogFile } from './collector-config.ts';

export type {
  AsteriskNode,
  DiscoverConfig,
  FreeswitchNode,
  HepConfig,
  HepSender,
  HepTls,
  LogFile,
  NodeDefaults,
  NodeTls,
} from './collector-config.ts';

/** The configuration as the product uses it: with every default filled in. */

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How a proxy disguises Call-IDs, so that they can be read again. */
export interface TopologyHiding {
  readonly kind: 'kamailio' | 'opensips';
  /** What a disguised Call-ID begins with. */
  readonly prefix: string;
  readonly secret: string;
}

export type StoreConfig =
  | { readonly kind: 'embedded'; readonly path: string; readonly reader?: ReaderConfig }
  | {
      readonly kind: 'clickhouse';
      readonly url: string;
      readonly username?: string;
      readonly password?: string;
      readonly database?: string;
      /** Its name in `remote_servers`, when the server is one of several that share the rows. */
      readonly cluster?: string;
    };

/** ClickHouse's HTTP interface of the embedded store, for those who read by SQL. */
export interface ReaderConfig extends Endpoint {
  readonly password: string;
  readonly maxSeconds: number;
  readonly maxMemoryMb: number;
  /** Rows that one question may read. */
  readonly maxRows: number;
}

/** Where traces of calls are sent to, over OTLP/HTTP. */
export interface OtlpConfig {
  /** Whole, as "http://collector:4318/v1/traces". */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a process may do of the whole. */
export type Role = 'collector' | 'indexer' | 'linker' | 'api';

/** The brokers and the topic between collectors and indexers. */
export interface KafkaConfig {
  /** "host:port" of some of them; they tell of the others. */
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Of all indexers that share the topic. */
  readonly group: string;
  readonly clientId: string;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** PEM texts; without `ca` the certificates that Node ships with are believed. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** Days that each kind of row is kept; 0 keeps it for ever. */
export interface Retention {
  readonly messages: number;
  readonly events: number;
  readonly logs: number;
  readonly identifiers: number;
  /** Counts of outcomes by the minute: six weeks of them are what the detector compares with. */
  readonly counts: number;
  readonly alerts: number;
  readonly audit: number;
}

export const ALERT_DIMENSIONS = ['tenant', 'trunk', 'node'] as const;
export type AlertDimension = (typeof ALERT_DIMENSIONS)[number];

/** What the detector of failed-call spikes watches beside the site. */
export interface AlertsConfig {
  readonly enabled: boolean;
  /** All thresholds times this. */
  readonly scale: number;
  readonly dimensions: readonly AlertDimension[];
  /** Most series of one dimension: those with the most attempts. */
  readonly top: number;
}

/**
 * What somebody may do over HTTP; each may what those before may. A reader sees calls; an operator also what is hidden from
 * readers, with a reason; an admin also what changes or removes something.
 */
export const USER_ROLES = ['reader', 'operator', 'admin'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** Who may ask over HTTP. */
export interface User {
  readonly name: string;
  /** Password and token in one. */
  readonly secret: string;
  readonly role: UserRole;
  /** Names out of `correlation.tenants`: their calls alone are shown. All calls without it. */
  readonly tenants?: readonly string[];
}

/** What somebody whom another vouches for may do. Without tenants all calls are shown. */
export interface Grant {
  readonly role: UserRole;
  readonly tenants?: readonly string[];
}

/** A provider of OpenID Connect, and what is believed of what it says. */
export interface OpenIdConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people's browsers reach this product, without a path: "https://calltrail.example". */
  readonly baseUrl: string;
  readonly scopes: readonly string[];
  /** The claim that holds the name to show; `sub` where it is absent. */
  readonly name: string;
  /** By the values of a claim, the highest of those that fit; "none" lets nobody in who has none of them. */
  readonly roles: {
    readonly claim: string;
    readonly values: Readonly<Record<string, UserRole>>;
    readonly otherwise: UserRole | 'none';
  };
  /** By the values of a claim, those of all that fit; "*" for every tenant. Whoever has none of them is not let in. */
  readonly tenants?: { readonly claim: string; readonly values: Readonly<Record<string, readonly string[]>> };
  readonly sessionHours: number;
  /** Of the tokens that machines come with; without it none of them is believed. */
  readonly audience?: string;
}

/** A Grafana that says who looks at its dashboards. */
export interface GrafanaConfig {
  /** Its public keys: a URL, or a JSON Web Key Set as text. */
  readonly keys: { readonly url: string } | { readonly text: string };
  /** Its root URL. */
  readonly issuer: string;
  readonly roles: Readonly<Record<string, UserRole>>;
  /** Tenants by the number of the organisation, "*" for every one; with it nobody of another one is let in. */
  readonly orgs?: Readonly<Record<string, readonly string[]>>;
  /** By login, in place of role and organisation. */
  readonly users: Readonly<Record<string, Partial<Grant>>>;
}

/** Of each user; of a stranger's address where nobody says who he is. */
export interface LimitsConfig {
  readonly requestsPerMinute: number;
  /** Questions to the store that are answered at once, and those that wait for their turn. */
  readonly questions: number;
  readonly waiting: number;
  /** Live tails at once. */
  readonly tails: number;
}

export interface AccessConfig {
  readonly users: readonly User[];
  /** Everybody who reaches the port may read, with or without a name. */
  readonly anonymous: boolean;
  /** What a stranger is where it was said that everybody may read; an admin at the port of the one at this machine. */
  readonly strangers?: UserRole;
  readonly openid?: OpenIdConfig;
  readonly grafana?: GrafanaConfig;
  /** Addresses and networks whose word on the client's address (X-Forwarded-For) is believed. */
  readonly proxies?: readonly string[];
  /** None without it. */
  readonly limits?: LimitsConfig;
}

/** Whom numbers, names and digits are hidden from. */
export interface PrivacyConfig {
  /** What tokens are made with; "" where there are none. */
  readonly key: string;
  /** Roles that see tokens instead of numbers and names. */
  readonly mask: readonly UserRole[];
  /** Digits that a token leaves to be read. */
  readonly showDigits: ShownDigits;
}

/** The configuration with every default filled in. */
export interface Config {
  readonly http: Endpoint;
  readonly access: AccessConfig;
  readonly privacy: PrivacyConfig;
  readonly store: StoreConfig;
  readonly retention: Retention;
  /** Where what is not stored yet is kept. */
  readonly journal: JournalLimits & { readonly path: string };
  /** What this process does. */
  readonly roles: readonly Role[];
  /** What is taken goes through it; straight from collector to indexer without. */
  readonly kafka?: KafkaConfig;
  readonly hep: HepConfig;
  readonly freeswitch: readonly FreeswitchNode[];
  readonly asterisk: readonly AsteriskNode[];
  readonly logFiles: readonly LogFile[];
  /** Lists of further FreeSWITCH nodes. */
  readonly discover: readonly DiscoverConfig[];
  /** "address" or "address:port" to ask for names of `discover`; empty for those of the system. */
  readonly dnsServers: readonly string[];
  readonly trustSenderClock: boolean;
  /** Lower-case SIP header names whose equal values join legs. */
  readonly correlationHeaders: readonly string[];
  /** Channel variable names whose equal values join legs. */
  readonly correlationVariables: readonly string[];
  readonly topologyHiding: readonly TopologyHiding[];
  /** Conference rooms, "*" standing for any text, in which a caller waits for the one who calls back: one call. */
  readonly callbackRooms: readonly string[];
  /** Join legs without proof where one candidate alone fits, marked as guesses. */
  readonly guesses: boolean;
  /** Whose calls the site carries; empty for a site of one tenant. */
  readonly tenants: readonly Tenant[];
  /** When the linker puts a call together, how often it looks, and how long a process that falls silent keeps the role. */
  readonly linker: { readonly quietSeconds: number; readonly intervalSeconds: number; readonly leaseSeconds: number };
  /** Most values of one label of the metrics of calls. */
  readonly metrics: { readonly maxLabelValues: number };
  readonly alerts: AlertsConfig;
  /** Address, range of addresses or ports, or capture id → the name to show (core/model/host-names.ts). */
  readonly hosts: Readonly<Record<string, string>>;
  /** Traces are sent nowhere without it. */
  readonly otlp?: OtlpConfig;
}
