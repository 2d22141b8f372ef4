import { createHash } from 'node:crypto';
import type { NodeKey } from '../../core/model/edge.ts';

/** Which legs have been counted, under every name that they go by. */
export interface Counted {
  has(names: readonly NodeKey[]): boolean;
  /** @param finalUs when the final answer came */
  add(names: readonly NodeKey[], finalUs: number): void;
  /** What was added since this was last asked, eight bytes a name. */
  takeAdded(): Uint8Array;
  /**
   * Takes in what another process counted.
   * @param names as `takeAdded` gave them
   * @param untilUs when they were counted
   */
  recall(names: Uint8Array, untilUs: number): void;
  /** Forgets what was answered before, since nothing so old is counted anyway. */
  forgetBefore(us: number): void;
}

const NAME_BYTES = 8;

export function createCounted(): Counted {
  const finals = new Map<NodeKey, number>();
  /** Of others, by hash. */
  const recalled = new Map<bigint, number>();
  let added: NodeKey[] = [];
  return {
    has: (names) =>
      names.some((name) => finals.has(name)) || (recalled.size > 0 && names.some((name) => recalled.has(hashOf(name)))),
    add(names, finalUs) {
      for (const name of names) {
        finals.set(name, finalUs);
        added.push(name);
      }
    },
    takeAdded() {
      const bytes = Buffer.alloc(added.length * NAME_BYTES);
      for (const [i, name] of added.entries()) bytes.writeBigUInt64BE(hashOf(name), i * NAME_BYTES);
      added = [];
      return bytes;
    },
    recall(names, untilUs) {
      const bytes = Buffer.from(names.buffer, names.byteOffset, names.byteLength);
      for (let at = 0; at + NAME_BYTES <= bytes.length; at += NAME_BYTES) {
        recalled.set(bytes.readBigUInt64BE(at), untilUs);
      }
    },
    forgetBefore(us) {
      for (const [name, finalUs] of finals) if (finalUs < us) finals.delete(name);
      for (const [hash, untilUs] of recalled) if (untilUs < us) recalled.delete(hash);
    },
  };
}

const hashOf = (name: NodeKey): bigint => createHash('sha1').update(name).digest().readBigUInt64BE();
