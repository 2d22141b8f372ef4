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
/** Names of a minute in one writing: a sender that invents one for each packet must not fill the table. */
const MAX_NAMES = 1000;

interface Noted {
  readonly minute: number;
  readonly kind: 'sensor' | 'switch';
  readonly name: string;
  thirds: number;
}

const thirdOf = (atUs: Micros): number => Math.floor(atUs / THIRD_US);

export function createHeard({ store, log }: { readonly store: Store; readonly log: Log }): Heard {
  const process = randomUUID();
  const sensors = createByteIndex();
  /** When each sensor of this batch was heard last, by its number. */
  let sensorUs: Micros[] = [];
  const switches = new Map<string, Micros>();
  /** The same of thirds before: a batch of what had waited is of many minutes. */
  let sensorsBefore: { readonly sensor: number; readonly atUs: Micros }[] = [];
  let switchesBefore: { readonly name: string; readonly atUs: Micros }[] = [];
  /** By minute, and in it by kind and name. */
  const pending = new Map<number, Map<string, Noted>>();
  let writtenUs = 0;
  let writes = 0;

  const note = (kind: 'sensor' | 'switch', name: string, atUs: Micros): void => {
    const minute = Math.floor(atUs / 60_000_000);
    const third = 1 << (thirdOf(atUs) % 3);
    const names = pending.get(minute) ?? new Map<string, Noted>();
    pending.set(minute, names);
    const key = `${kind} ${name}`;
    const known = names.get(key);
    if (known !== undefined) known.thirds |= third;
    else if (names.size < MAX_NAMES) names.set(key, { minute, kind, name, thirds: third });
  };

  const noteBatch = (): void => {
    const [bytes, offsets] = [sensors.bytes(), sensors.offsets()];
    const sensorOf = (i: number): string => bytes.toString('utf8', offsets[i], offsets[i + 1]);
    for (const { sensor, atUs } of sensorsBefore) note('sensor', sensorOf(sensor), atUs);
    for (const [i, atUs] of sensorUs.entries()) note('sensor', sensorOf(i), atUs);
    for (const { name, atUs } of switchesBefore) note('switch', name, atUs);
    for (const [name, atUs] of switches) note('switch', name, atUs);
  };

  return {
    packet(frame, at) {
      const start = at + HEAD_SIZE;
      const sensor = sensors.of(frame.bytes, start, start + sensorSize(frame, at));
      const atUs = arrivedUsOf(frame, at);
      const before = sensorUs[sensor];
      if (before !== undefined && thirdOf(before) !== thirdOf(atUs)) sensorsBefore.push({ sensor, atUs: before });
      sensorUs[sensor] = atUs;
    },
    event(event) {
      // A snapshot is what we asked for after we had been away, and a line may come over another connection.
      if (event.kind !== 'event' || event.backfill) return;
      const { node: name, arrivedUs: atUs } = event;
      const before = switches.get(name);
      if (before !== undefined && thirdOf(before) !== thirdOf(atUs)) switchesBefore.push({ name, atUs: before });
      switches.set(name, atUs);
    },
    async stored(nowUs) {
      noteBatch();
      if (pending.size === 0 || (nowUs >= writtenUs && nowUs < writtenUs + EVERY_US)) return;
      writtenUs = nowUs;
      const noted = [...pending.values()].flatMap((names) => [...names.values()]);
      const rows: Row<'heard'>[] = noted.map((one) => ({ ...one, arrived: nowUs }));
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
      sensorsBefore = [];
      switches.clear();
      switchesBefore = [];
    },
  };
}
