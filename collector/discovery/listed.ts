import type { FreeswitchNode } from '../../core/config/config.ts';

/** One switch as a list has it; what it leaves out is as the list's configuration says. */
export type ListedNode = Partial<Omit<FreeswitchNode, 'host'>> & Pick<FreeswitchNode, 'host'>;

/** Why a list cannot be read. `reason` is a label value of calltrail_discovery_failures_total. */
export class ListError extends Error {
  readonly reason: 'no_file' | 'bad_file' | 'dns';
  constructor(reason: ListError['reason'], message: string) {
    super(message);
    this.name = 'ListError';
    this.reason = reason;
  }
}

/** A list of switches, as it is now. Rejects with {@link ListError}. */
export type Lister = () => Promise<readonly ListedNode[]>;
