import type { AccessConfig, PrivacyConfig } from '../core/config/config.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { News } from '../core/runtime/news.ts';
import type { SourceState } from '../core/runtime/source.ts';
import type { Tenant } from '../core/runtime/tenants.ts';
import type { UnknownSender } from '../core/runtime/unknown-sender.ts';
import type { Unmask } from '../core/sip/topology-hiding.ts';
import type { Store } from '../core/store/store.ts';
import type { CallFinder } from './call/finder.ts';

export interface ApiDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The state of every source, asked for at each health check. */
  readonly sources: () => readonly SourceState[];
  /** Those whose HEP packets this process does not take, the last seen first; without it none. */
  readonly unknownSenders?: () => readonly UnknownSender[];
  /** The operator's names for addresses. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Addresses of the switches that are listened to: what is beyond them is a trunk. */
  readonly switches?: ReadonlySet<string>;
  /** Reads a Call-ID that a proxy has disguised, as a neighbour may know the call by it. */
  readonly unmask: Unmask;
  /** Join legs without proof where one candidate alone fits. */
  readonly guesses: boolean;
  readonly version: string;
  /** Who may ask; without it everybody who reaches the port. */
  readonly access?: AccessConfig;
  /** Whom numbers and names are hidden from; without it nobody. */
  readonly privacy?: PrivacyConfig;
  /** Whose is what on a site that several share: names that `access.users` may be bound to. */
  readonly tenants?: readonly Tenant[];
  /** By which live tails hear that something was stored; without it they ask the store again and again. */
  readonly news?: News;
  /** Whether it has begun to stop: it answers on, and wants no new work. */
  readonly stopping?: () => boolean;
  /** Folder of the built page; undefined serves the API alone. */
  readonly pageDir?: string;
}

/** What routes have beside: the one finder, so that those who ask for a call in the same moment share its reading. */
export interface RouteDeps extends ApiDeps {
  readonly find: CallFinder;
}
