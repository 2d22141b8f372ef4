import { createSocket } from 'node:dgram';

/** What a zone holds: addresses of a name, targets of a service, names of an address ("2.0.0.127.in-addr.arpa"). */
export interface Zone {
  readonly a?: Readonly<Record<string, readonly string[]>>;
  readonly srv?: Readonly<Record<string, readonly { readonly target: string; readonly port: number }[]>>;
  readonly ptr?: Readonly<Record<string, string>>;
}

/** A name server over UDP (RFC 1035), as much of it as a resolver needs to look something up. */
export interface DnsServer {
  /** "127.0.0.1:port" */
  readonly address: string;
  become(zone: Zone): void;
  /** From now on it answers nothing, or with a failure (SERVFAIL). */
  fail(how: 'silent' | 'servfail'): void;
  asked(): number;
  close(): Promise<void>;
}

const TYPES = { a: 1, ptr: 12, srv: 33 } as const;

export async function startDnsServer(first: Zone): Promise<DnsServer> {
  let zone = first;
  let failing: 'silent' | 'servfail' | undefined;
  let asked = 0;
  const socket = createSocket('udp4');
  socket.on('message', (query, { address, port }) => {
    asked++;
    if (failing !== 'silent') socket.send(answer(query, zone, failing === 'servfail'), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    become(next) {
      zone = next;
      failing = undefined;
    },
    fail: (how) => {
      failing = how;
    },
    asked: () => asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function answer(query: Buffer, zone: Zone, fails: boolean): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const question = query.subarray(12, at + 5);
  const name = labels.join('.').toLowerCase();
  const type = query.readUInt16BE(at + 1);
  const data = fails ? [] : dataOf(name, type, zone);
  const isKnown = zone.a?.[name] !== undefined || zone.srv?.[name] !== undefined || zone.ptr?.[name] !== undefined;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  // An answer (QR), authoritative (AA), recursion asked for and there (RD, RA); the code: 2 SERVFAIL, 3 NXDOMAIN.
  head.writeUInt16BE(0x8580 | (fails ? 2 : isKnown ? 0 : 3), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 6);
  const records = data.map((bytes) => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([fixed, bytes]);
  });
  return Buffer.concat([head, question, ...records]);
}

function dataOf(name: string, type: number, { a, srv, ptr }: Zone): Buffer[] {
  if (type === TYPES.a) return (a?.[name] ?? []).map((address) => Buffer.from(address.split('.').map(Number)));
  if (type === TYPES.ptr) return ptr?.[name] === undefined ? [] : [nameBytes(ptr[name])];
  if (type !== TYPES.srv) return [];
  return (srv?.[name] ?? []).map(({ target, port }) =>
    Buffer.concat([Buffer.from([0, 0, 0, 0, port >> 8, port & 255]), nameBytes(target)]),
  );
}

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
