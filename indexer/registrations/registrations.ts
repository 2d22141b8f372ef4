import type { Registry } from 'prom-client';
import type { Tenants } from '../../core/runtime/tenants.ts';
import type { RegisterNote } from './register-notes.ts';
import { createRegistrationCounters } from './registration-counters.ts';
import type { RegistrationRows } from './registration-rows.ts';

/** Counts registrations as their messages are stored. */
export interface Registrations {
  saw(notes: readonly RegisterNote[], nowUs: number): void;
  /** Writes what was counted into the store, where there is one. Never rejects. */
  write(nowUs: number): Promise<void>;
}

export interface RegistrationsDeps {
  readonly registry: Registry;
  readonly maxLabelValues: number;
  readonly tenants?: Tenants;
  readonly rows?: RegistrationRows;
  /** Epoch µs. */
  readonly now?: () => number;
}

/** A device's registrations, one after the other under one Call-ID with a CSeq that grows. */
interface Device {
  /** The request that is waited for; what is below it is over. */
  cseq: number;
  /** Since when there is no answer to it; 0 when nothing is waited for. */
  waitingUs: number;
  /** Asked to come again with what was missing (password, longer expiry), since when; 0 for not. */
  askedUs: number;
  askedStatus: number;
  /** How often in a row. */
  asked: number;
  /** The last request that was counted. */
  counted: number;
  lastUs: number;
  place: { readonly tenant: string; readonly node: string };
}

/** Answers after which the same REGISTER usually comes again: challenges, and "interval too brief" (RFC 3261 §21.4.17). */
const ASKED_AGAIN: ReadonlySet<number> = new Set([401, 407, 423]);
/** Once is how every registration begins, also with a password whose nonce is old; twice in a row is a refusal. */
const REFUSED_WHEN_ASKED = 2;
/** A request is given up after 64 × T1, 32 s (RFC 3261 timer F); twice that, as sensors may be late. */
const GIVEN_UP_US = 64_000_000;
/** What is older when it is first heard of is history (an import, a store that was away). So long copies are known, too. */
const LATE_US = 300_000_000;
/** Scanners send a REGISTER under a new Call-ID a thousand times a second. */
export const MAX_DEVICES = 50_000;
const SWEEP_US = 1_000_000;

/**
 * A registration counts once: when its REGISTER has its final answer, however often it was challenged, repeated, or seen by
 * other sensors. Registering, refreshing and un-registering are told apart by nobody here, and who is registered now is not
 * guessed: a binding that is not refreshed ends in silence.
 */
export function createRegistrations({
  registry,
  maxLabelValues,
  tenants,
  rows,
  now,
}: RegistrationsDeps): Registrations {
  const clock = now ?? (() => Date.now() * 1000);
  /** In the order in which they were first heard of. */
  const devices = new Map<string, Device>();
  let sweptUs = 0;

  const placeOf = ({ sensor, hosts }: RegisterNote): Device['place'] => {
    const own = tenants?.ofNode(sensor);
    const tenant = own ?? hosts.map((host) => tenants?.ofDomain(host)).find((name) => name !== undefined);
    return { tenant: tenant ?? 'none', node: sensor };
  };

  const count = (device: Device, cseq: number, status: number | undefined, atUs: number, nowUs: number): void => {
    device.counted = cseq;
    device.waitingUs = 0;
    device.askedUs = 0;
    device.asked = 0;
    if (atUs < nowUs - LATE_US) counters.late();
    else {
      const counted = counters.count(device.place, status);
      rows?.count(counted, atUs);
    }
  };

  /** What nobody answered, and what was asked to come again and did not. */
  const endOf = (device: Device): { readonly dueUs: number; readonly status: number | undefined } | undefined => {
    if (device.askedUs > 0) return { dueUs: device.askedUs + GIVEN_UP_US, status: device.askedStatus };
    if (device.waitingUs > 0) return { dueUs: device.waitingUs + GIVEN_UP_US, status: undefined };
    return undefined;
  };

  const sweep = (nowUs: number): void => {
    sweptUs = nowUs;
    for (const [key, device] of devices) {
      const end = endOf(device);
      if (end !== undefined && end.dueUs <= nowUs) count(device, device.cseq, end.status, end.dueUs, nowUs);
      if (endOf(device) === undefined && device.lastUs < nowUs - LATE_US) devices.delete(key);
    }
  };
  const counters = createRegistrationCounters(registry, maxLabelValues, () => sweep(clock()));

  const deviceOf = (note: RegisterNote): Device => {
    const known = devices.get(note.key);
    if (known !== undefined) return known;
    if (devices.size >= MAX_DEVICES) {
      const [oldest] = devices;
      if (oldest !== undefined) {
        devices.delete(oldest[0]);
        if (endOf(oldest[1]) !== undefined) counters.dropped();
      }
    }
    const nothing = { cseq: 0, waitingUs: 0, askedUs: 0, askedStatus: 0, asked: 0, counted: 0, lastUs: 0 };
    const device: Device = { ...nothing, place: placeOf(note) };
    devices.set(note.key, device);
    return device;
  };

  const saw = (note: RegisterNote, nowUs: number): void => {
    const device = deviceOf(note);
    device.lastUs = Math.max(device.lastUs, note.atUs);
    // A retransmission, or a copy at another sensor.
    if (note.cseq <= device.counted || note.cseq < device.cseq) return;
    const isNext = note.cseq > device.cseq;
    device.cseq = note.cseq;
    if (note.status === 0) {
      if (!isNext) return;
      device.waitingUs = note.atUs;
      device.askedUs = 0;
      device.place = placeOf(note);
    } else if (!ASKED_AGAIN.has(note.status)) {
      count(device, note.cseq, note.status, note.atUs, nowUs);
    } else if (isNext || device.askedUs === 0) {
      device.asked++;
      device.waitingUs = 0;
      device.askedUs = note.atUs;
      device.askedStatus = note.status;
      if (device.asked >= REFUSED_WHEN_ASKED) count(device, note.cseq, note.status, note.atUs, nowUs);
    }
  };

  return {
    saw(notes, nowUs) {
      for (const note of notes) saw(note, nowUs);
      if (nowUs - sweptUs >= SWEEP_US) sweep(nowUs);
    },
    async write(nowUs) {
      await rows?.write(nowUs);
    },
  };
}
