import type { JournalLimits } from '../bus/journal/limits.ts';
import type { Tenant } from '../runtime/tenants.ts';

/** The configuration as the product uses it: with every default filled in. */

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface FreeswitchNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password: string;
  readonly logLevel: number;
  readonly utcOffsetMinutes?: number;
}

/** One Asterisk's manager interface (AMI). */
export interface AsteriskNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Ask for the Call-ID of every PJSIP channel. */
  readonly askCallIds?: boolean;
}

/** A FreeSWITCH log file (mod_logfile) that is followed as it grows and rotates. */
export interface LogFile {
  readonly path: string;
  /** Name of the FreeSWITCH that writes it, as in `collector.freeswitch[].name`. */
  readonly node: string;
  /** Time zone of its lines; that of this machine when not given. */
  readonly utcOffsetMinutes?: number;
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

export interface AccessConfig {
  readonly users: readonly User[];
  /** Everybody who reaches the port may read, with or without a name. */
  readonly anonymous: boolean;
}

/** The configuration with every default filled in. */
export interface Config {
  readonly http: Endpoint;
  readonly access: AccessConfig;
  readonly store: StoreConfig;
  readonly retention: Retention;
  /** Where what is not stored yet is kept. */
  readonly journal: JournalLimits & { readonly path: string };
  /** What this process does. */
  readonly roles: readonly Role[];
  /** What is taken goes through it; straight from collector to indexer without. */
  readonly kafka?: KafkaConfig;
  readonly hep: {
    readonly udp: Endpoint;
    readonly tcp: Endpoint;
    readonly tls?: { readonly listen: Endpoint; readonly cert: string; readonly key: string };
    readonly key?: string;
  };
  readonly freeswitch: readonly FreeswitchNode[];
  readonly asterisk: readonly AsteriskNode[];
  readonly logFiles: readonly LogFile[];
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
  /** When the linker puts a call together, and how often it looks. */
  readonly linker: { readonly quietSeconds: number; readonly intervalSeconds: number };
  /** Most values of one label of the metrics of calls. */
  readonly metrics: { readonly maxLabelValues: number };
  readonly alerts: AlertsConfig;
  /** Address, range of addresses or ports, or capture id → the name to show (core/model/host-names.ts). */
  readonly hosts: Readonly<Record<string, string>>;
  /** Traces are sent nowhere without it. */
  readonly otlp?: OtlpConfig;
}
