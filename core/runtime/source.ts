/** The lifecycle of everything that brings events in: a HEP listener, an ESL client. */
export interface Source {
  /** Resolves when it listens, or has begun to connect. Rejects when it cannot work at all (address in use). */
  start(): Promise<void>;
  /** Safe to call at any time and twice; resolves when its sockets are closed. */
  stop(): Promise<void>;
  state(): SourceState;
}

export interface SourceState {
  /** "hep-udp", "hep-tcp", "hep-tls", "esl:fs1" */
  readonly name: string;
  readonly state: 'up' | 'connecting' | 'down';
  /** One plain sentence for a person: the address it listens on, or why it is down. */
  readonly detail: string;
  /** Epoch ms of the last thing it delivered; 0 for never. */
  readonly lastSeenMs: number;
}
