import { type ChannelEventSeen, headerOf } from '../core/model/capture-event.ts';
import { type Block, nativeBlock } from '../core/store/native/block.ts';
import { DictionaryColumn, FixedColumn, StringColumn } from '../core/store/native/columns.ts';
import { isId, isText, isTime, isU64 } from '../core/store/native/fit.ts';

/** Rows of the table `events` as columns of bytes. */
export interface EventColumns {
  /**
   * @param channel the one that the event is shown on
   * @throws TypeError for what fits no column (a mistake of ours), and nothing of it is written
   */
  add(event: ChannelEventSeen, channel: string): void;
  rows(): number;
  /** Holds until the next `clear`. */
  block(): Block;
  clear(): void;
}

const TIME = "DateTime64(6, 'UTC')";
const NO_BASE = '0000000000000000';

export function createEventColumns(): EventColumns {
  const id = new FixedColumn('id', 'FixedString(8)', 8);
  const at = new FixedColumn('at', TIME, 8);
  const arrived = new FixedColumn('arrived', TIME, 8);
  const origin = new DictionaryColumn('origin');
  const node = new DictionaryColumn('node');
  const coreUuid = new DictionaryColumn('core_uuid');
  const sequence = new FixedColumn('sequence', 'UInt64', 8);
  const name = new DictionaryColumn('name');
  const subclass = new DictionaryColumn('subclass');
  const channels = new StringColumn('channel');
  const backfill = new FixedColumn('backfill', 'UInt8', 1);
  const whole = new FixedColumn('whole', 'UInt8', 1);
  const base = new FixedColumn('base', 'FixedString(8)', 8);
  const recipe = new StringColumn('recipe');
  const headers = new StringColumn('headers');
  const columns = [
    ...[id, at, arrived, origin, node, coreUuid, sequence, name, subclass, channels],
    ...[backfill, whole, base, recipe, headers],
  ];
  let rows = 0;

  return {
    add(event, channel) {
      const kept = event.kept ?? { base: '', recipe: '', text: Buffer.from(JSON.stringify(event.headers)) };
      const baseId = kept.base === '' ? NO_BASE : kept.base;
      const ofClass = headerOf(event.headers, 'Event-Subclass');
      if (!fits(event) || !isId(baseId) || !isText(ofClass) || !isText(channel)) {
        throw new TypeError(`event ${event.id} fits no row`);
      }
      id.hex(event.id);
      at.micros(event.atUs);
      arrived.micros(event.arrivedUs);
      origin.text(event.origin);
      node.text(event.node);
      coreUuid.text(event.coreUuid);
      sequence.u64(event.sequence);
      name.text(event.name);
      subclass.text(ofClass);
      channels.text(channel);
      backfill.number(event.backfill ? 1 : 0);
      whole.number(kept.recipe === '' ? 1 : 0);
      base.hex(baseId);
      recipe.text(kept.recipe);
      headers.write(kept.text, 0, kept.text.length);
      rows++;
    },
    rows: () => rows,
    block: () => nativeBlock('events', columns, rows),
    clear() {
      rows = 0;
      for (const column of columns) column.clear();
    },
  };
}

function fits(event: ChannelEventSeen): boolean {
  return (
    isId(event.id) &&
    isTime(event.atUs) &&
    isTime(event.arrivedUs) &&
    isU64(event.sequence) &&
    isText(event.origin) &&
    isText(event.node) &&
    isText(event.coreUuid) &&
    isText(event.name)
  );
}
