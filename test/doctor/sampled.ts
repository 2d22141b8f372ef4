import type { State } from '../../core/doctor/check.ts';
import { CHECKS } from '../../core/doctor/checks/all.ts';
import type { Sample, SampledPacket } from '../../core/doctor/sample.ts';
import { siteOf } from '../../core/doctor/site.ts';
import { type CaptureEvent, headerOf, PROTOCOL } from '../../core/model/capture-event.ts';
import { readSip } from '../../core/sip/read.ts';
import { channelOf } from '../../indexer/derive-event.ts';

/** What is stored of these events, as the checks see it. */
export function sampleOf(events: readonly CaptureEvent[]): Sample {
  const packets: SampledPacket[] = [];
  const sample = { packets, events: [] as Sample['events'][number][], lines: [] as Sample['lines'][number][] };
  for (const event of events) {
    if (event.kind === 'log') {
      if (event.channel !== '') sample.lines.push(event);
    } else if (event.kind === 'event') {
      const { origin, node, name, headers } = event;
      const subclass = headerOf(headers, 'Event-Subclass');
      sample.events.push({ origin, node, name, subclass, channel: channelOf(event), headers });
    } else if (event.kind === 'packet' && event.protocol === PROTOCOL.log) {
      sample.lines.push({ node: event.sensor, channel: '', level: 6 });
    } else if (event.kind === 'packet') {
      const sip = readSip(event.payload);
      const callId = event.protocol === PROTOCOL.sip ? sip.callId : event.correlationId;
      packets.push({ ...event, sip, callId });
    }
  }
  return sample;
}

/** What a check says of each switch and sensor. */
export function said(
  id: string,
  sample: Sample,
  unmask?: (callId: string) => string | undefined,
): Readonly<Record<string, State>> {
  const check = CHECKS.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return Object.fromEntries(check.look(siteOf(sample, unmask)).map(({ of, state }) => [of, state]));
}
