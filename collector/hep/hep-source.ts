import type { EventEmitter } from 'node:events';
import type { Bus } from '../../core/bus/bus.ts';
import type { HepConfig, HepTls } from '../../core/config/config.ts';
import type { Micros } from '../../core/model/capture-event.ts';
import { plainAddress } from '../../core/runtime/cidr.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Source } from '../../core/runtime/source.ts';
import type { DoorRules } from './door.ts';
import type { Strangers } from './strangers.ts';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** What every HEP listener is built from. */
export interface HepDeps {
  /** Where to listen. Port 0 takes a free one, see {@link HepSource.address}. */
  readonly listen: HostPort;
  /** Who may send. With a key only packets that carry it are taken, so HEP v1 and v2 are not. */
  readonly rules: DoorRules;
  /** Where those are told of who may not. */
  readonly strangers: Strangers;
  /** Believe a sender's time that is off by more than an hour: for replaying old recordings. */
  readonly trustSenderClock: boolean;
  readonly bus: Bus;
  readonly metrics: Metrics;
  /** The collector's clock; the machine's unless told. */
  readonly now?: () => Micros;
}

/** Most connections of one listener, and of one address among them. */
export type ConnectionLimits = Pick<HepConfig, 'maxConnections' | 'maxConnectionsPerSender'>;

export interface HepSettings {
  readonly rules: DoorRules;
  readonly limits: ConnectionLimits;
  readonly tls?: HepTls;
}

export interface HepSource extends Source {
  /** Where it really listens, once started; before that what was asked for. */
  address(): HostPort;
  /** What may change while it listens holds from the next packet or connection on. */
  change(settings: HepSettings): void;
  /** Hands over to the bus what was read so far and is not passed on yet. */
  flush(): Promise<void>;
}

export const machineClock = (): Micros => Date.now() * 1000;

/** A host without the IPv6 form that a dual-stack socket gives an IPv4 sender. */
export const plainHost = (host: string): string => (host.startsWith('::ffff:') ? plainAddress(host) : host);

/**
 * Resolves when a socket or server listens. Rejects with its error, or when it is closed before: a stop() while
 * start() waits must not leave it waiting.
 */
export function listened(socket: EventEmitter, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off('listening', done).off('error', failed).off('close', closed);
      act();
    };
    const done = (): void => settle(resolve);
    const failed = (error: Error): void => settle(() => reject(error));
    const closed = (): void => settle(() => reject(new Error('stopped before it listened')));
    socket.once('listening', done).once('error', failed).once('close', closed);
    listen();
  });
}
