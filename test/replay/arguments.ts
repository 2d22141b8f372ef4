import { parseArgs } from 'node:util';
import type { HostPort } from './hep-sender.ts';

export const REPLAY_USAGE =
  'npm run replay -- DIR [--speed N|max] [--transport udp|tcp] [--hep host:port] [--esl-port N] [--ami-port N]';

export interface ReplayArguments {
  readonly dir: string;
  readonly speed: number;
  readonly transport: 'udp' | 'tcp';
  readonly hep: HostPort;
  readonly eslPort: number;
  readonly amiPort: number;
}

/** The command cannot be understood; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads options with node:util, whose complaints are made a {@link UsageError}. */
export function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('ERR_PARSE_ARGS_') || !(error instanceof Error)) throw error;
    throw new UsageError((error.message.split(/\. |\n/)[0] ?? '').replace(/\.?$/, '.'));
  }
}

export function parseReplayArguments(argv: readonly string[]): ReplayArguments {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        speed: { type: 'string', default: '1' },
        transport: { type: 'string', default: 'udp' },
        hep: { type: 'string', default: '127.0.0.1:9060' },
        'esl-port': { type: 'string', default: '8021' },
        'ami-port': { type: 'string', default: '5038' },
      },
    }),
  );
  const [dir, ...rest] = positionals;
  if (dir === undefined) throw new UsageError('Which recording? Give its directory.');
  if (rest.length > 0) throw new UsageError(`One recording at a time; ${rest.join(' ')} is too many.`);
  const speed = values.speed === 'max' ? Number.POSITIVE_INFINITY : Number(values.speed);
  if (!(speed > 0)) throw new UsageError(`--speed must be a number above 0 or "max", not "${values.speed}".`);
  const { transport } = values;
  if (transport !== 'udp' && transport !== 'tcp') {
    throw new UsageError(`--transport must be "udp" or "tcp", not "${transport}".`);
  }
  const [, host, port] = /^(?:\[([^\]]+)\]|[^:\s]+):\d{1,5}$/.test(values.hep)
    ? (/^\[?(.+?)\]?:(\d+)$/.exec(values.hep) ?? [])
    : [];
  if (host === undefined || !isPort(Number(port))) {
    throw new UsageError(`--hep must be "host:port", not "${values.hep}".`);
  }
  const [eslPort = 0, amiPort = 0] = (['esl-port', 'ami-port'] as const).map((option) => {
    if (isPort(Number(values[option]))) return Number(values[option]);
    throw new UsageError(`--${option} must be a port from 0 to 65535, not "${values[option]}".`);
  });
  return { dir, speed, transport, hep: { host, port: Number(port) }, eslPort, amiPort };
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65535;
