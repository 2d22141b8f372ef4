import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeHep } from '../../../collector/hep/decode.ts';
import { createSipExtractor } from '../../../core/pcap/extract.ts';
import { createPcapEncoder, encodePcap, type PcapMessage, pcapChunks } from '../../../core/pcap/write.ts';
import { toPacketSeen } from '../../collector/hep/helpers.ts';
import { needs } from '../../system/needs.ts';
import { optionsRequest, readAll } from './build.ts';
import { tsharkFields } from './tshark.ts';

const RECORDINGS = `${import.meta.dirname}/../../recordings`;
const SDP = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 5102 RTP/AVP 0\r\n';

const message = (changes: Partial<PcapMessage> = {}): PcapMessage => ({
  atUs: 1_795_258_625_880_001,
  transport: 'udp',
  srcIp: '192.0.2.1',
  srcPort: 5060,
  dstIp: '198.51.100.7',
  dstPort: 5080,
  payload: optionsRequest('c1'),
  ...changes,
});

function readBack(capture: Buffer) {
  const extractor = createSipExtractor();
  const read = readAll(capture);
  return [...read.frames.flatMap((frame) => extractor.push(frame)), ...extractor.end()];
}

/** What tshark makes of it: how many SIP messages in each frame, and whether it finds anything malformed. */
function dissect(messages: readonly PcapMessage[], ...options: string[]) {
  const fields = ['frame.protocols', 'sip.Method', 'sip.Status-Code', '_ws.malformed', 'sip.Call-ID'] as const;
  return tsharkFields(encodePcap(messages), fields, ...options).map((row) => ({
    sip: [row['sip.Method'], row['sip.Status-Code']].flatMap((values) => values.split(',')).filter(Boolean).length,
    isSip: row['frame.protocols'].split(':').includes('sip'),
    callId: row['sip.Call-ID'],
    malformed: row['_ws.malformed'],
  }));
}

/** The SIP of a recorded scenario as its HEP packets report it. */
function recordedMessages(scenario: string): PcapMessage[] {
  const lines = gunzipSync(readFileSync(`${RECORDINGS}/${scenario}/hep.jsonl.gz`))
    .toString()
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    const { t, hex } = JSON.parse(line) as { t: number; hex: string };
    const result = decodeHep(Buffer.from(hex, 'hex'));
    if (!result.ok) return [];
    const packet = toPacketSeen(result.packet, t * 1000, true);
    return packet.protocol === 1 ? [packet] : [];
  });
}

describe('a written capture', () => {
  it.each([
    ['IPv4', message()],
    ['IPv6', message({ srcIp: '2001:db8::1', dstIp: '2001:db8::2' })],
    ['odd ports', message({ srcPort: 0, dstPort: 65_535 })],
  ])('reads back as what was written: %s', (_name, written) => {
    expect(readBack(encodePcap([written]))).toEqual([written]);
  });

  it.each([
    ['both unknown', '', '', '::', '::'],
    ['source unknown', '', '192.0.2.1', '0.0.0.0', '192.0.2.1'],
    ['destination unknown', '2001:db8::1', '', '2001:db8::1', '::'],
    ['two families', '2001:db8::1', '192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'],
    ['no address', 'sbc.example.net', '192.0.2.1', '0.0.0.0', '192.0.2.1'],
  ])('has an address for one that cannot be written: %s', (_name, srcIp, dstIp, src, dst) => {
    expect(readBack(encodePcap([message({ srcIp, dstIp })]))).toMatchObject([{ srcIp: src, dstIp: dst }]);
  });

  it('holds each message of a payload as a packet of its own, and pieces that are none as no packet of SIP', () => {
    const piece = Buffer.from('a=rtpmap:0 PCMU/8000\r\n');
    const payload = Buffer.concat([piece, optionsRequest('c1'), optionsRequest('c2')]);
    const capture = encodePcap([
      message({ payload }),
      message({ payload: piece }),
      message({ payload: Buffer.alloc(0) }),
    ]);
    expect(readBack(capture).map((one) => one.payload)).toEqual([optionsRequest('c1'), optionsRequest('c2')]);
    expect(readAll(capture).frames).toHaveLength(4);
  });

  it('is the same bytes whole, in chunks and one by one', () => {
    const messages = [
      message(),
      message({ srcPort: 5072, dstPort: 40_000 }),
      message({ srcPort: 5072, dstPort: 40_000 }),
    ];
    const encoder = createPcapEncoder();
    const single = Buffer.concat([encoder.header, ...messages.map((one) => encoder.encode(one))]);
    expect(Buffer.concat([...pcapChunks(messages)])).toEqual(single);
    expect(encodePcap(messages)).toEqual(single);
    expect(readBack(single)).toHaveLength(3);
  });

  it('keeps as much of a message as a datagram can hold, and says how long it was', () => {
    const payload = optionsRequest('c1', 'x'.repeat(70_000));
    const { frames } = readAll(encodePcap([message({ payload })]));
    expect(frames[0]?.data.length).toBe(65_535);
    expect(frames[0]?.wireLength).toBe(28 + payload.length);
  });
});

needs('tshark')('tshark', () => {
  it('sees every message of every recorded scenario as exactly one, and nothing malformed', {
    timeout: 120_000,
  }, () => {
    const scenarios = readdirSync(RECORDINGS).filter((name) => existsSync(`${RECORDINGS}/${name}/hep.jsonl.gz`));
    expect(scenarios.length).toBeGreaterThan(30);
    for (const scenario of scenarios) {
      const messages = recordedMessages(scenario);
      // Counted without our own cutting: a start line in a message/sipfrag body has no header behind it.
      const startLine = /(?:[A-Z]+ \S+ SIP\/2\.0|SIP\/2\.0 \d{3} [^\r\n]*)\r\n(?=[\w-]+ *:)/g;
      const expected = messages.reduce(
        (sum, { payload }) => sum + (payload.toString('latin1').match(startLine)?.length ?? 0),
        0,
      );
      const rows = dissect(messages);
      expect(
        rows.filter((row) => row.malformed !== ''),
        scenario,
      ).toEqual([]);
      expect(rows.filter((row) => row.isSip).length, scenario).toBe(expected);
      expect(
        rows.filter((row) => row.sip !== (row.isSip ? 1 : 0)),
        scenario,
      ).toEqual([]);
      expect(expected, scenario).toBeGreaterThan(50);
    }
  });

  it('finds every checksum right', () => {
    const messages = [
      message(),
      message({ payload: optionsRequest('odd', 'x') }),
      message({ srcIp: '2001:db8::1', dstIp: '::1' }),
      message({ srcPort: 5072, dstPort: 40_000 }),
      message({ srcPort: 5072, dstPort: 40_000, srcIp: '2001:db8::1', payload: optionsRequest('odd', 'x') }),
    ];
    const checks = ['ip', 'udp', 'tcp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`]);
    const fields = ['ip.checksum.status', 'udp.checksum.status', 'tcp.checksum.status'] as const;
    const rows = tsharkFields(encodePcap(messages), fields, ...checks).map((row) => Object.values(row).join(''));
    expect(rows).toEqual(['11', '11', '1', '11', '1']);
  });

  it('sees SIP between all ports that matter, whatever the transport was', () => {
    const ports = [0, 1024, 5060, 5061, 5062, 5066, 5067, 5070, 5072, 5080, 5090, 5093, 5102, 5160, 7060, 8060, 9060];
    const others = [...ports, 32_768, 37_008, 41_170, 47_000, 49_152, 65_535];
    const messages = ports.flatMap((srcPort, row) =>
      others.map((dstPort, column) =>
        message({ srcPort, dstPort, srcIp: `10.0.${row}.1`, dstIp: `10.1.${column}.1`, transport: 'tls' }),
      ),
    );
    const wrong = dissect(messages).filter((row) => row.sip !== 1 || row.malformed !== '');
    expect(wrong).toEqual([]);
  });

  it('does not take SIP for the RTP that an SDP before it announced on the same port', () => {
    const invite = message({ srcPort: 5102, payload: optionsRequest('c1', SDP).fill('INVITE ', 0, 7) });
    const announced = Buffer.from(
      optionsRequest('c1', SDP).toString().replace('Content-Length', 'Content-Type: application/sdp\r\nContent-Length'),
    );
    const rows = dissect([
      { ...invite, payload: announced },
      message({ srcPort: 5102 }),
      message({ srcPort: 5102, dstPort: 6000 }),
    ]);
    expect(rows.map((row) => [row.sip, row.malformed])).toEqual([
      [1, ''],
      [1, ''],
      [1, ''],
    ]);
  });

  it('calls nothing malformed, at whichever byte a message was cut off', () => {
    const whole = Buffer.from(
      optionsRequest('c1', SDP).toString().replace('Content-Length', 'Content-Type: application/sdp\r\nContent-Length'),
    );
    const cuts = Array.from(whole, (_, length) => message({ payload: whole.subarray(0, length + 1) }));
    const rows = dissect(cuts);
    expect(rows).toHaveLength(whole.length);
    expect(rows.filter((row) => row.malformed !== '')).toEqual([]);
    const startLine = whole.indexOf('\n') + 1;
    expect(rows.map((row) => row.isSip)).toEqual(cuts.map((cut) => cut.payload.length >= startLine));
  });

  it('sees a message that is too long for a datagram as one', () => {
    const long = [SDP.repeat(800), 'x'.repeat(70_000)].map((body) => message({ payload: optionsRequest('c1', body) }));
    expect(dissect(long).map((row) => [row.sip, row.malformed])).toEqual([
      [1, ''],
      [1, ''],
    ]);
  });
});
