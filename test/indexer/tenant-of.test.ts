import { describe, expect, it } from 'vitest';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { createTenants } from '../../core/runtime/tenants.ts';
import type { Row } from '../../core/store/tables.ts';
import { createBatch } from '../../indexer/batch.ts';
import { type CorrelationOptions, NO_CORRELATION } from '../../indexer/options.ts';
import { publish, yealink } from '../core/media/telephone-reports.ts';
import { channelEvent, logLine, sipPacket } from './seen.ts';

const tenants = createTenants([
  { name: 'acme', nodes: ['fs-acme*', 'hep 301'], domains: ['acme.example'] },
  { name: 'bell', nodes: ['fs-bell'], domains: ['bell.example', '*.bell.example'] },
]);
if (tenants === undefined) throw new Error('two tenants');
const SITE: CorrelationOptions = { ...NO_CORRELATION, tenants };

const rowsOf = (options: CorrelationOptions, ...events: readonly CaptureEvent[]): readonly Row<'edges'>[] => {
  const batch = createBatch(options);
  for (const event of events) batch.add(event);
  return batch.tables().flatMap((part) => (part.table === 'edges' ? part.rows : []));
};
const said = (event: CaptureEvent, options = SITE): string[] =>
  rowsOf(options, event)
    .filter(({ kind }) => kind === 'tenant')
    .map(({ node, peer, why }) => `${node} ${peer} ${why}`)
    .sort();

const message = (start: string, from: string, to: string, method = 'INVITE'): string => `${start}
Via: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1
From: <sip:1001@${from}>;tag=t1
To: <sip:1002@${to}>
Call-ID: a@h
CSeq: 1 ${method}
Content-Length: 0

`;
const invite = (from: string, to: string, uri = to): string => message(`INVITE sip:1002@${uri} SIP/2.0`, from, to);

describe('whose a leg is', () => {
  it('follows from the hosts of From, To and Request-URI, in any case and with any port', () => {
    expect(said(sipPacket(invite('ACME.example', 'carrier.example')))).toEqual(['c:a@h t:acme tenant_host']);
    expect(said(sipPacket(invite('192.0.2.1', '192.0.2.2', 'pbx.bell.example:5080')))).toEqual([
      'c:a@h t:bell tenant_host',
    ]);
    // A response says so as well: the request may have been lost.
    expect(said(sipPacket(message('SIP/2.0 200 OK', 'acme.example', '192.0.2.2')))).toEqual([
      'c:a@h t:acme tenant_host',
    ]);
  });

  it("is said of the dialog that brings a telephone's report, and not of the one that it is about", () => {
    const ends = { ip: '192.0.2.9', port: 4000 };
    const report = publish(yealink({ callId: 'a@h', local: ends, remote: ends }), 'p@h', 'bell.example');
    expect(said(sipPacket(report))).toEqual(['c:p@h t:bell tenant_host']);
  });

  it('is said of both when one calls the other', () => {
    expect(said(sipPacket(invite('acme.example', 'bell.example')))).toEqual([
      'c:a@h t:acme tenant_host',
      'c:a@h t:bell tenant_host',
    ]);
  });

  it('follows from the sensor or switch that saw it, by name or pattern', () => {
    expect(said(sipPacket(invite('10.0.0.5', '10.0.0.6'), { sensor: 'hep 301' }))).toEqual([
      'c:a@h t:acme tenant_node',
    ]);
    expect(said({ ...channelEvent('CHANNEL_STATE', { 'Unique-ID': 'u1' }), node: 'fs-acme-2' })).toEqual([
      'u:u1 t:acme tenant_node',
    ]);
    expect(said(logLine('New Channel', { node: 'fs-bell' }))).toEqual(['u:chan-a t:bell tenant_node']);
    const line = { protocol: 100, sensor: 'hep 301', correlationId: 'a@h', payload: Buffer.from('routed') };
    expect(said(sipPacket('', line))).toEqual(['c:a@h t:acme tenant_node']);
  });

  it('follows from the variables of a channel: those of the switch, and what SIP said', () => {
    const headers = { 'Unique-ID': 'u1', 'Caller-Context': 'public' };
    expect(said(channelEvent('CHANNEL_CREATE', { ...headers, variable_domain_name: 'acme.example' }))).toEqual([
      'u:u1 t:acme tenant_variable',
    ]);
    expect(said(channelEvent('CHANNEL_CREATE', { ...headers, variable_user_context: 'bell.example' }))).toEqual([
      'u:u1 t:bell tenant_variable',
    ]);
    expect(said(channelEvent('CHANNEL_CREATE', { ...headers, variable_sip_to_host: 'bell.example:5060' }))).toEqual([
      'u:u1 t:bell tenant_host',
    ]);
    expect(said(channelEvent('CHANNEL_STATE', { ...headers, 'Channel-Presence-ID': '1001@bell.example' }))).toEqual([
      'u:u1 t:bell tenant_host',
    ]);
  });

  it('is nobody’s business of what is no call, of what names no leg, and of a site without tenants', () => {
    expect(
      said(sipPacket(message('REGISTER sip:acme.example SIP/2.0', 'acme.example', 'acme.example', 'REGISTER'))),
    ).toEqual([]);
    expect(said({ ...channelEvent('HEARTBEAT', {}), node: 'fs-bell' })).toEqual([]);
    expect(said(sipPacket(invite('acme.example', 'x')), NO_CORRELATION)).toEqual([]);
    expect(createTenants([])).toBeUndefined();
  });

  it('is stored from the leg alone, however often it is said', () => {
    const event = sipPacket(invite('acme.example', 'x'));
    const again = [1, 2, 3].map((n) => ({ ...event, id: `000000000000000${n}`, atUs: event.atUs + n }));
    expect(rowsOf(SITE, ...again)).toMatchObject([{ node: 'c:a@h', peer: 't:acme', kind: 'tenant', forward: 1 }]);
  });

  it('is the first of several tenants that a name fits', () => {
    const both = createTenants([
      { name: 'one', nodes: ['fs1'], domains: [] },
      { name: 'rest', nodes: ['*'], domains: [] },
    ]);
    expect([both?.ofNode('fs1'), both?.ofNode('fs2'), both?.ofDomain('fs1')]).toEqual(['one', 'rest', undefined]);
  });
});
