import { randomUUID } from 'node:crypto';
import { HEAD_SIZE } from '../core/frame/layout.ts';
import { arrivedUsOf, type OpenFrame, sensorSize } from '../core/frame/reader.ts';
import type { CaptureEvent, Micros, PacketFrame } from '../core/model/capture-event.ts';
import type { Log } from '../core/runtime/log.ts';
import { reasonOf } from '../core/runtime/reason.ts';
import { createByteIndex } from '../core/store/native/byte-index.ts';
import type { Store } from '../core/store/store.ts';
import type { Row } from '../core/store/tables.ts';

/**
 * Notes who was heard and when, in thirds of a minute by our clock, so that silence of a sensor is not taken for silence of
 * the calls. What a batch says counts once the batch is stored: what was heard and lost was not heard.
 */
export interface Heard {
  packet(frame: OpenFrame, at: number): void;
  event(event: Exclude<CaptureEvent, PacketFrame>): void;
  /** The batch is stored. Writes what was noted, every few seconds; what cannot be written waits for the next time. */
  stored(nowUs: Micros): Promise<void>;
  /** The batch comes again. */
  clear(): void;
}

const EVERY_US = 8_000_000;
const THIRD_US = 20_000_000;
/** Names in one writing: a sender that invents one for each packet must not fill the table. */
const MAX_NAMES = 1000;

interface Name {
  readonly kind: 'sensor' | 'switch';
  readonly name: string;
  atUs: Micros;
}

export function createHeard({ store, log }: { readonly store: Store; readonly log: Log }): Heard {
  const process = randomUUID();
  const sensors = createByteIndex();
  /** When each sensor of this batch was heard last, by its number. */
  let sensorUs: Micros[] = [];
  const switches = new Map<string, Micros>();
  const pending = new Map<string, { minute: number; kind: Name['kind']; name: string; thirds: number }>();
  let writtenUs = 0;
  let writes = 0;

  const note = ({ kind, name, atUs }: Name): void => {
    const minute = Math.floor(atUs / 60_000_000);
    const third = 1 << (Math.floor(atUs / THIRD_US) % 3);
    const key = `${minute}\0${kind}\0${name}`;
    const known = pending.get(key);
    if (known !== undefined) known.thirds |= third;
    else if (pending.size < MAX_NAMES) pending.set(key, { minute, kind, name, thirds: third });
  };

  const noteBatch = (): void => {
    const [bytes, offsets] = [sensors.bytes(), sensors.offsets()];
    for (const [i, atUs] of sensorUs.entries()) {
      note({ kind: 'sensor', name: bytes.toString('utf8', offsets[i], offsets[i + 1]), atUs });
    }
    for (const [name, atUs] of switches) note({ kind: 'switch', name, atUs });
  };

  return {
    packet(frame, at) {
      const start = at + HEAD_SIZE;
      sensorUs[sensors.of(frame.bytes, start, start + sensorSize(frame, at))] = arrivedUsOf(frame, at);
    },
    event(event) {
      // A snapshot is what we asked for after we had been away, and a line may come over another connection.
      if (event.kind === 'event' && !event.backfill) switches.set(event.node, event.arrivedUs);
    },
    async stored(nowUs) {
      noteBatch();
      if (pending.size === 0 || (nowUs >= writtenUs && nowUs < writtenUs + EVERY_US)) return;
      writtenUs = nowUs;
      const rows: Row<'heard'>[] = [...pending.values()].map((one) => ({ ...one, arrived: nowUs }));
      try {
        await store.insert('heard', rows, `heard ${process} ${writes++}`);
        pending.clear();
      } catch (error) {
        // Written again it says the same.
        log.warn(`it could not be noted who was heard: ${reasonOf(error)}`);
      }
    },
    clear() {
      sensors.clear();
      sensorUs = [];
      switches.clear();
    },
  };
}
