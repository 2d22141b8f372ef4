import { expect } from 'vitest';
import type { MessageFact } from '../../core/call/read/messages.ts';
import type { Missing } from '../../core/diagnosis/missing/missing.ts';
import { createSite, gapsIn, type OpenedCall } from './drops.ts';

type Site = ReturnType<typeof createSite>;

/** Stamps of two sensors of one message differ by so much. */
const STAMPS_US = 50_000;
const SLICES = 5;
/** A slice that held whole exchanges and nothing that others refer to leaves no trace; it is rare. */
const LEAST_NAMED = 0.9;

/**
 * Of the calls of a site: the whole of it lacks nothing. Without one sensor, one time slice or one range of a switch's events
 * just that is named.
 */
export function missWhatIsDropped(calls: readonly OpenedCall[]): void {
  const site = createSite(calls, Date.now() * 1000);
  for (const one of calls) {
    expect(site.missing(one)).toEqual([]);
    expectSensors(site, one);
  }
  expectSlices(site, calls);
  expectEvents(site, calls);
}

const sensorsOf = ({ facts }: OpenedCall): string[] => [...new Set(facts.messages.map(({ sensor }) => sensor))];
const brief = (missing: readonly Missing[] | undefined): string[] | undefined =>
  missing?.map(({ id, source }) => `${id} ${source}`);

function expectSensors(site: Site, one: OpenedCall): void {
  for (const sensor of sensorsOf(one)) {
    const missing = site.missing(one, { message: (message) => message.sensor !== sensor });
    expect(brief(missing)).toEqual([`sensor_missing ${sensor}`]);
  }
}

function expectSlices(site: Site, calls: readonly OpenedCall[]): void {
  const tally = { all: 0, named: 0 };
  for (const one of calls) {
    const times = one.facts.messages.map(({ atUs }) => atUs);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    for (let i = 0; i < SLICES; i++) {
      const since = first + ((last - first) * i) / SLICES;
      const until = first + ((last - first) * (i + 1)) / SLICES;
      for (const sensor of [undefined, ...sensorsOf(one)]) {
        const isGone = (message: MessageFact): boolean =>
          message.atUs >= since && message.atUs <= until && (sensor ?? message.sensor) === message.sensor;
        const gone = one.facts.messages.filter(isGone);
        // What is provisional may be missing unseen.
        if (!gone.some(({ status }) => status === 0 || status >= 200)) continue;
        const missing = site.missing(one, { message: (message) => !isGone(message) }) ?? [];
        const sources = new Set(gone.map((message) => message.sensor));
        for (const { id, source, sinceUs, untilUs } of missing) {
          expect(sources).toContain(source);
          expect(['sensor_missing', 'sensor_incomplete']).toContain(id);
          expect(sinceUs).toBeLessThanOrEqual(until + STAMPS_US);
          expect(untilUs).toBeGreaterThanOrEqual(since - STAMPS_US);
        }
        tally.all++;
        if (missing.length > 0) tally.named++;
      }
    }
  }
  expect(tally.named / tally.all, `${tally.named} of ${tally.all} slices are named`).toBeGreaterThanOrEqual(
    LEAST_NAMED,
  );
}

const RANGE = 30;
/** The stream goes on behind a range, as it does on a switch that lives. */
const BEHIND = 110;

function expectEvents(site: Site, calls: readonly OpenedCall[]): void {
  for (const node of new Set(site.allEvents.map((event) => event.node))) {
    const events = site.allEvents.filter((event) => event.node === node).sort((a, b) => a.sequence - b.sequence);
    for (let i = 10; i + RANGE + BEHIND < events.length; i += RANGE) {
      const [first, last] = [events[i]!, events[i + RANGE]!];
      const isKept = (event: (typeof events)[number]): boolean =>
        event.node !== node || event.sequence < first.sequence || event.sequence > last.sequence;
      const gaps = gapsIn(site.allEvents.filter(isKept), node);
      expect(gaps.map(({ reason }) => reason)).toEqual(['sequence']);
      for (const one of calls) {
        // One or two at the very edge of a call are those of a neighbour's stretch of time.
        if (one.facts.events.filter((event) => !isKept(event)).length < 3) continue;
        const missing = site.missing(one, { event: isKept }, gaps) ?? [];
        expect(missing.length).toBeGreaterThan(0);
        for (const { id, source, sinceUs, untilUs } of missing) {
          expect([id === 'stream_gap' || id === 'events_incomplete', source]).toEqual([true, node]);
          expect(sinceUs).toBeLessThanOrEqual(last.atUs);
          expect(untilUs).toBeGreaterThanOrEqual(first.atUs);
        }
      }
    }
  }
}
