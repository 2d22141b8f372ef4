import type { Endpoint } from './config.ts';

/** What a collector is told: switches, files, lists of switches, and who may send HEP. */

/** TLS to a switch, or to what ends it before one. PEM texts. */
export interface NodeTls {
  /** Who signs the other side's certificate; the authorities that Node ships with unless given. */
  readonly ca?: string;
  /** Our own, where the other side asks for one. */
  readonly cert?: string;
  readonly key?: string;
  /** The name in the other side's certificate, where it is not the host. */
  readonly servername?: string;
}

export interface FreeswitchNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls?: NodeTls;
  /** "user@domain": `userauth` instead of `auth`. */
  readonly user?: string;
  readonly password: string;
  readonly logLevel: number;
  /** The node's local time zone; learnt from its events when not given. */
  readonly utcOffsetMinutes?: number;
  /** What the switch must call itself (`api hostname`), where that is how it was found; another one at the address is not listened to. */
  readonly hostname?: string;
}

/** What the nodes of a list have in common that the list does not say. */
export type NodeDefaults = Omit<FreeswitchNode, 'name' | 'host' | 'hostname'>;

/** A list of FreeSWITCH nodes that is looked at again and again. */
export interface DiscoverConfig {
  readonly kind: 'freeswitch';
  /** A DNS name: SRV records when it begins with "_", else addresses. Or a file. */
  readonly from: { readonly dns: string; readonly names: 'switch' | 'dns' } | { readonly file: string };
  readonly everySeconds: number;
  /** A node that is no longer listed is let go after so long. */
  readonly goneSeconds: number;
  readonly node: NodeDefaults;
}

/** One Asterisk's manager interface (AMI). */
export interface AsteriskNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls?: NodeTls;
  readonly username: string;
  readonly password: string;
  /** Ask for the Call-ID of every PJSIP channel (`Action: Getvar`); not by default, as it occupies the channel. */
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

/** One sender of HEP, or all of a network. */
export interface HepSender {
  /** An address or a block of them, IPv4 or IPv6: "192.0.2.0/24". */
  readonly address: string;
  /** Its own authentication key instead of the one for all. */
  readonly key?: string;
  /** Its own rate instead of the one for all. */
  readonly maxPerSecond?: number;
}

/** TLS of the HEP listener. PEM texts. */
export interface HepTls {
  readonly cert: string;
  readonly key: string;
  /** Who signs senders' certificates; without it senders need none. */
  readonly clientCa?: string;
  /** Common names and DNS names of certificates that are let in; all that are signed without it. */
  readonly clientNames?: readonly string[];
}

export interface HepConfig {
  readonly udp: Endpoint;
  readonly tcp: Endpoint;
  readonly tls?: HepTls & { readonly listen: Endpoint };
  readonly key?: string;
  /** Everybody may send without it. */
  readonly allow?: readonly HepSender[];
  /** What becomes of packets of those who may not: counted and dropped, or some of them also kept as unreadable. */
  readonly unknown: 'refuse' | 'quarantine';
  /** Packets a second of one address; no limit without it. */
  readonly maxPerSender?: number;
  /** Of each listener, and of one address. */
  readonly maxConnections: number;
  readonly maxConnectionsPerSender: number;
}
