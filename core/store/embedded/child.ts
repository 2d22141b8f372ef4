import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf } from '../../runtime/reason.ts';
import { openEngine } from './engine.ts';
import type { FromChild, ToChild } from './messages.ts';
import { createQuestions } from './questions.ts';
import { createReaderServer } from './reader.ts';
import { createEngineServer } from './server.ts';
import { createSpool } from './spool.ts';

/**
 * The program of the engine's process. It is told what to open, tells where it listens, and lives no longer than its
 * parent: a crash of the engine is not one of the collector, and the engine never holds the directory without an owner.
 */

/** A service manager sends SIGTERM to parent and child at once; the parent still has rows to hand over then. */
const GRACE_MS = 15_000;
/** When the engine does not let go it is killed, which costs nothing that was acknowledged. */
const CLOSE_MS = 10_000;

function tell(message: FromChild, sent: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, sent);
  else sent();
}

async function main(): Promise<void> {
  // Ctrl-C reaches the whole process group; the parent decides.
  process.on('SIGINT', () => undefined);
  const orphaned = once(process, 'disconnect');
  const terminated = once(process, 'SIGTERM');
  const [start] = (await once(process, 'message')) as [ToChild];
  if (start.type !== 'start') return;
  mkdirSync(start.path, { recursive: true, mode: 0o700 });
  const { reader } = start;
  const engine = openEngine(start.path, { memoryMb: start.memoryMb, readers: reader !== undefined });
  // After the engine: whoever has the directory owns the spool too.
  const spool = createSpool(start.path);
  const server = createEngineServer(engine, spool, start.secret);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const readers = reader === undefined ? undefined : createReaderServer(engine, reader);
  if (reader !== undefined && readers !== undefined) {
    readers.listen(reader.port, reader.host);
    await once(readers, 'listening');
  }
  const questions = createQuestions(engine);
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message: ToChild) => {
      if (message.type === 'ask') void questions.answer(message).then((answer) => tell(answer));
      else if (message.type === 'withdraw') questions.withdraw(message.number);
      else if (message.type === 'stop') resolve();
    });
  });
  const portOf = (one: Server): number => (one.address() as AddressInfo).port;
  tell({
    type: 'ready',
    port: portOf(server),
    spool: spool.directory,
    ...(readers === undefined ? {} : { readerPort: portOf(readers) }),
  });

  await Promise.race([
    orphaned,
    stopped,
    terminated.then(() => new Promise((resolve) => setTimeout(resolve, process.connected ? GRACE_MS : 0).unref())),
  ]);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), CLOSE_MS).unref();
  server.close();
  readers?.close();
  await engine.close();
  server.closeAllConnections();
  readers?.closeAllConnections();
  spool.close();
  process.exit(0);
}

main().catch((error: unknown) => {
  tell({ type: 'failed', message: reasonOf(error) }, () => process.exit(1));
});
