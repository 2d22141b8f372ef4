import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of bytes that came from the server: passed on, or the connection cut with them unsaid. */
export type Verdict = 'pass' | 'cut';

/** A TCP proxy between a program and a server, which can be away and can cut a connection once the server has answered. */
export interface TcpProxy {
  readonly port: number;
  /** While false nobody is connected, and whoever comes is refused. */
  listen(on: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param answered asked when the server has begun to answer, with what was asked since the last answer (latin1)
 */
export async function createTcpProxy(
  target: number,
  answered: (question: string) => Verdict = () => 'pass',
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // Cutting is what this is for.
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    return socket;
  };
  const serve = (near: Socket): void => {
    const far = keep(connect(target, '127.0.0.1'));
    keep(near);
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    near.once('close', end);
    far.once('close', end);
    let question = '';
    near.on('data', (bytes) => {
      // The head of a request says what it is; its body may be large.
      if (question.length < 64 * 1024) question += bytes.toString('latin1', 0, 64 * 1024);
      if (!far.write(bytes)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
    far.on('data', (bytes) => {
      if (answered(question) === 'cut') return end();
      question = '';
      if (!near.write(bytes)) {
        far.pause();
        near.once('drain', () => far.resume());
      }
    });
  };
  const open = async (port: number) => {
    const server = createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server: Awaited<ReturnType<typeof open>> | undefined = await open(0);
  const { port } = server.address() as AddressInfo;
  const shut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    async listen(on) {
      if (on) server ??= await open(port);
      else await shut();
    },
    close: shut,
  };
}
