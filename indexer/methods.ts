/** SIP methods by number, so that a method is told without making a text of it. 0 is any other, or none. */
export const METHOD = {
  INVITE: 1,
  ACK: 2,
  BYE: 3,
  CANCEL: 4,
  REFER: 5,
  UPDATE: 6,
  PRACK: 7,
  INFO: 8,
  REGISTER: 9,
  OPTIONS: 10,
  SUBSCRIBE: 11,
  NOTIFY: 12,
  PUBLISH: 13,
  MESSAGE: 14,
} as const;

/** By their numbers less one. */
export const METHOD_NAMES = Object.keys(METHOD);

const WORDS = Object.entries(METHOD).map(([name, number]) => ({ bytes: Buffer.from(name), number }));

/** No two of them share length, first and last letter. */
const byShape = new Map(WORDS.map((word) => [shapeOf(word.bytes, 0, word.bytes.length), word]));
if (byShape.size !== WORDS.length) throw new Error('two methods of one shape');

/** The number of the method that is written in [start, end), in capitals as RFC 3261 §7.1 has it. */
export function methodOf(bytes: Uint8Array, start: number, end: number): number {
  const word = end === start ? undefined : byShape.get(shapeOf(bytes, start, end));
  if (word === undefined) return 0;
  for (let i = 0; i < word.bytes.length; i++) if (bytes[start + i] !== word.bytes[i]) return 0;
  return word.number;
}

function shapeOf(bytes: Uint8Array, start: number, end: number): number {
  return ((end - start) << 16) | (bytes[start]! << 8) | bytes[end - 1]!;
}

/** Methods whose dialogs are no calls; keep-alives alone are most of the traffic of a small site. */
export const isCallMethod = (method: number): boolean => method < METHOD.REGISTER;

export const isCallMethodName = (method: string): boolean =>
  !Object.hasOwn(METHOD, method) || isCallMethod(METHOD[method as keyof typeof METHOD]);
