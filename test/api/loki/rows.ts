import type { Row } from '../../../core/store/tables.ts';

/** A message of a sensor that came just now. */
export const messageRow = (n: number, callId: string, atUs: number, payload: string): Row<'messages'> => ({
  id: n.toString(16).padStart(16, '0'),
  at: atUs,
  arrived: Date.now() * 1000,
  sensor: 's1',
  protocol: 1,
  transport: 'udp',
  src_ip: '2001:db8::1',
  src_port: 5060,
  dst_ip: '192.0.2.2',
  dst_port: 5060,
  call_id: callId,
  method: 'OPTIONS',
  status: 0,
  cseq: n,
  cseq_method: 'OPTIONS',
  correlation_id: '',
  reason: '',
  payload: Buffer.from(payload),
});
