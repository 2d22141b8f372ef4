import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs, { type KafkaConfig as ClientConfig, type Kafka, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '../../config/config.ts';
import { quietIdleConnections } from './idle-connections.ts';

/** kafkajs is a CommonJS module. */
const { Kafka: KafkaClient, CompressionCodecs, CompressionTypes, logLevel } = kafkajs;

const pack = promisify(zstdCompress);
const unpack = promisify(zstdDecompress);

quietIdleConnections();

// The library leaves this codec to its user; Node has it built in. Whoever reads takes what others were told to send.
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { readonly buffer: Buffer }) => pack(encoder.buffer),
  decompress: (bytes: Buffer) => unpack(bytes),
});

export const COMPRESSION = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  zstd: CompressionTypes.ZSTD,
} as const;

/**
 * A client of the brokers; connects to none of them yet. It writes nothing itself: what an operator should know comes back
 * as an error to whoever asked.
 */
export function createKafkaClient({ brokers, clientId, tls, sasl }: KafkaConfig): Kafka {
  const config: ClientConfig = {
    brokers: [...brokers],
    clientId,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5000,
    // What does not succeed soon is tried again by those who know what for.
    retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 1000 },
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as SASLOptions }),
  };
  return new KafkaClient(config);
}

/** The innermost reason, as a person can read it: the library wraps what happened in what it did about it. */
export function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}

/** The broker's name for what it refused, as "MESSAGE_TOO_LARGE"; "" when it was not the broker. */
export function refusalOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type } = at as Error & { readonly type?: unknown };
    if (typeof type === 'string') return type;
  }
  return '';
}
