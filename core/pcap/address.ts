/** Addresses as text and as bytes. Pure, because the codecs must not import node:net. */

export const ipv4Text = (bytes: Buffer, at: number): string =>
  `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;

/** RFC 5952 §4: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as "::". */
export function ipv6Text(bytes: Buffer, at: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes.readUInt16BE(at + i));
  // §5: an IPv4-mapped address keeps its dotted end.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${ipv4Text(bytes, at + 12)}`;
  let longest = { from: -1, length: 1 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (from + length < 8 && groups[from + length] === 0) length++;
    if (length > longest.length) longest = { from, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (longest.from < 0) return hex.join(':');
  return `${hex.slice(0, longest.from).join(':')}::${hex.slice(longest.from + longest.length).join(':')}`;
}

/** 4 bytes of a dotted IPv4 address; undefined for anything else. */
export function ipv4Bytes(text: string): Buffer | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  return octets.every((octet) => octet <= 255) ? Buffer.from(octets) : undefined;
}

/** 16 bytes of an IPv6 address (RFC 4291 §2.2, all three forms, a zone is ignored); undefined for anything else. */
export function ipv6Bytes(text: string): Buffer | undefined {
  const bare = text.replace(/%.*$/s, '');
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(bare)) return undefined;
  const halves = bare.split('::');
  if (halves.length > 2) return undefined;
  const head = groupBytes(halves[0] ?? '');
  const tail = halves.length === 2 ? groupBytes(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Buffer.from([...head, ...Array<number>(missing).fill(0), ...tail]);
}

function groupBytes(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const dotted = index === groups.length - 1 ? ipv4Bytes(group) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes;
}
