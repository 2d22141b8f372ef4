import { describe, expect, it } from 'vitest';
import { createSipStreams } from '../../../core/pcap/sip-streams.ts';
import { readTcp } from '../../../core/pcap/transport.ts';
import { optionsRequest, type TcpPart, tcpSegment } from './build.ts';

const segment = (part: TcpPart) => readTcp(tcpSegment(part))!;
const message = optionsRequest('c1', 'v=0\r\n');

describe('the TCP connections of a capture', () => {
  it('give each message with its addresses and the time of the segment that completed it', () => {
    const streams = createSipStreams();
    expect(streams.push('a', 'b', segment({ sequence: 1, payload: message.subarray(0, 50) }), 10)).toEqual([]);
    expect(streams.push('b', 'a', segment({ sequence: 1, payload: message }), 15)).toMatchObject([{ srcIp: 'b' }]);
    expect(streams.push('a', 'b', segment({ sequence: 51, payload: message.subarray(50) }), 20)).toEqual([
      { atUs: 20, srcIp: 'a', srcPort: 5060, dstIp: 'b', dstPort: 5080, payload: message },
    ]);
    expect(streams.end()).toEqual([]);
  });

  it('give the message behind a lost segment, and what there is of the one that was hit', () => {
    const streams = createSipStreams();
    const body = message.length - 5;
    streams.push('a', 'b', segment({ sequence: 1, payload: message.subarray(0, body) }), 10);
    streams.push('a', 'b', segment({ sequence: 1 + message.length, payload: optionsRequest('c2') }), 20);
    expect(streams.end().map(({ atUs, payload }) => [atUs, String(payload)])).toEqual([
      [10, String(message.subarray(0, body))],
      [20, String(optionsRequest('c2'))],
    ]);
  });

  it('are remembered up to a bound; the one silent longest goes first and gives what it has', () => {
    const streams = createSipStreams();
    const unfinished = message.subarray(0, message.length - 1);
    const found = Array.from({ length: 4100 }, (_, index) =>
      streams.push(`host ${index}`, 'b', segment({ sequence: 1, payload: unfinished }), index + 1),
    ).flat();
    expect(found.map((cut) => cut.srcIp)).toEqual(['host 0', 'host 1', 'host 2', 'host 3']);
    expect(streams.end()).toHaveLength(4096);
  });

  it('hold no more than 64 MiB together', () => {
    const streams = createSipStreams();
    const head = Buffer.from('OPTIONS sip:x SIP/2.0\r\nContent-Length: 1000000\r\n\r\n');
    const part = Buffer.concat([head, Buffer.alloc(900_000)]);
    let given = 0;
    for (let index = 0; index < 100; index++) {
      given += streams.push(`host ${index}`, 'b', segment({ sequence: 1, payload: part }), index).length;
    }
    expect(given).toBe(100 - Math.floor((64 * 1_048_576) / part.length));
  });

  it('of other protocols are counted, and give nothing', () => {
    const streams = createSipStreams();
    streams.push('a', 'b', segment({ sequence: 1, payload: 'GET / HTTP/1.1\r\n\r\n' }), 1);
    expect(streams.end()).toEqual([]);
    expect(streams.passedOver()).toBe(1);
  });
});
