import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AMI_RESPONSE, splitAmiRecording } from './ami-recording.ts';
import { type RecordedFrame, splitRecording } from './esl-recording.ts';

const inflate = promisify(gunzip);

export interface RecordedPacket {
  /** Epoch milliseconds of its arrival. */
  readonly atMs: number;
  /** It came over a TCP connection; the bytes are one HEP packet in any case. */
  readonly tcp: boolean;
  readonly bytes: Buffer;
}

/** What one FreeSWITCH or Asterisk sent, one list of frames for each connection, in order of time. */
export interface RecordedNode {
  readonly node: string;
  readonly connections: readonly (readonly RecordedFrame[])[];
}

export interface Recording {
  readonly name: string;
  readonly hep: readonly RecordedPacket[];
  readonly esl: readonly RecordedNode[];
  readonly ami: readonly RecordedNode[];
  /** Epoch milliseconds of the first and the last thing in it. */
  readonly startMs: number;
  readonly endMs: number;
  /** truth.json as parsed; undefined when the directory has none. */
  readonly truth: unknown;
}

/** What is wrong with a directory that should be a recording, as a sentence for a person. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/**
 * Reads a recording: `hep.jsonl`, `esl-NODE.raw` (FreeSWITCH) and `ami-NODE.raw` (Asterisk) with their
 * `…-NODE.times.jsonl`, `…-NODE-after.raw` for the connection after a restart of the node, and `truth.json`; each as
 * it is or gzipped (`.gz`). Streams in the plain event format (`esl-NODE-plain.raw`) are left out: the product asks for
 * JSON.
 */
export async function readRecording(dir: string): Promise<Recording> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    throw new RecordingError(`${dir} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const files = new Map(names.map((name) => [name.replace(/\.gz$/, ''), join(dir, name)]));
  const read = async (name: string): Promise<Buffer | undefined> => {
    const path = files.get(name);
    if (path === undefined) return undefined;
    const bytes = await readFile(path);
    return path.endsWith('.gz') ? inflate(bytes) : bytes;
  };

  const hep = readPackets((await read('hep.jsonl'))?.toString('latin1') ?? '', dir);
  const nodesOf = async (kind: 'esl' | 'ami'): Promise<RecordedNode[]> => {
    const nodes: RecordedNode[] = [];
    for (const node of nodesIn([...files.keys()], kind)) {
      const connections: (readonly RecordedFrame[])[] = [];
      for (const stream of [`${kind}-${node}`, `${kind}-${node}-after`]) {
        const raw = await read(`${stream}.raw`);
        if (raw === undefined) continue;
        const times = (await read(`${stream}.times.jsonl`))?.toString('latin1');
        if (times === undefined) throw new RecordingError(`${dir}: ${stream}.times.jsonl is missing`);
        connections.push(framesToSend(raw, times, kind));
      }
      nodes.push({ node, connections });
    }
    return nodes;
  };
  const esl = await nodesOf('esl');
  const ami = await nodesOf('ami');
  if (hep.length === 0 && esl.length === 0 && ami.length === 0) {
    throw new RecordingError(`${dir} is no recording: it has neither hep.jsonl nor esl-NODE.raw nor ami-NODE.raw`);
  }
  const truth = await read('truth.json');
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { atMs } of [hep, ...[...esl, ...ami].flatMap(({ connections }) => connections)].flat()) {
    startMs = Math.min(startMs, atMs);
    endMs = Math.max(endMs, atMs);
  }
  const parsed: unknown = truth === undefined ? undefined : JSON.parse(truth.toString('utf8'));
  return { name: basename(resolve(dir)), hep, esl, ami, startMs, endMs, truth: parsed };
}

function nodesIn(names: readonly string[], kind: 'esl' | 'ami'): string[] {
  const nodes = names
    .map((name) => (name.startsWith(`${kind}-`) ? (/^...-(.+)\.raw$/.exec(name)?.[1] ?? '') : ''))
    .filter((stream) => stream !== '' && !stream.endsWith('-plain') && !stream.endsWith('-after'));
  return nodes.sort();
}

/** The replies to the recorder's own commands are left out: the replay answers the product's commands. */
function framesToSend(raw: Buffer, times: string, kind: 'esl' | 'ami'): readonly RecordedFrame[] {
  if (kind === 'ami') return splitAmiRecording(raw, times).filter(({ type }) => type !== AMI_RESPONSE);
  return splitRecording(raw, times).filter(({ type }) => type !== 'command/reply' && type !== 'api/response');
}

function readPackets(text: string, dir: string): RecordedPacket[] {
  const packets: RecordedPacket[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const { t, from, hex } = JSON.parse(line) as { readonly t?: number; readonly from?: string; readonly hex?: string };
    if (t === undefined || from === undefined || hex === undefined) {
      throw new RecordingError(`${dir}: line ${index + 1} of hep.jsonl lacks "t", "from" or "hex"`);
    }
    packets.push({ atMs: t, tcp: from.startsWith('tcp:'), bytes: Buffer.from(hex, 'hex') });
  }
  return packets;
}
