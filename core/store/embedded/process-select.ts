import type { ChildProcess } from 'node:child_process';
import { engineError, parameters, type Selector } from '../selector.ts';
import type { FromChild, ToChild } from './messages.ts';

interface Waiting {
  resolve(rows: unknown[]): void;
  reject(error: unknown): void;
}

/** Questions to the engine's process, over the channel that it was started with. */
export function createProcessSelector(child: ChildProcess, exited: Promise<string>): Selector {
  const waiting = new Map<number, Waiting>();
  let asked = 0;

  child.on('message', (message: FromChild) => {
    if (message.type !== 'answer' && message.type !== 'refused') return;
    const one = waiting.get(message.number);
    // Withdrawn: nobody waits for it any more.
    if (one === undefined) return;
    waiting.delete(message.number);
    if (message.type === 'refused') {
      one.reject(engineError(message.message) ?? new Error(message.message));
      return;
    }
    const { buffer, byteOffset, length } = message.rows;
    try {
      one.resolve(JSON.parse(Buffer.from(buffer, byteOffset, length).toString('utf8')) as unknown[]);
    } catch (error) {
      one.reject(error);
    }
  });
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  void exited.then((why) => failAll(new Error(`the engine ended (${why})`)));

  const tell = (message: ToChild, failed: (error: Error) => void): void => {
    if (!child.connected) failed(new Error('the engine is gone'));
    else {
      child.send(message, (error) => {
        if (error !== null) failed(error);
      });
    }
  };

  return {
    select: (sql, params, maxSeconds, signal) =>
      new Promise((resolve, reject) => {
        asked += 1;
        const number = asked;
        const withdraw = (): void => {
          waiting.delete(number);
          tell({ type: 'withdraw', number }, () => undefined);
          reject(signal.reason);
        };
        const settled =
          <T>(act: (value: T) => void) =>
          (value: T): void => {
            signal.removeEventListener('abort', withdraw);
            act(value);
          };
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener('abort', withdraw, { once: true });
        const one: Waiting = { resolve: settled(resolve), reject: settled(reject) };
        waiting.set(number, one);
        tell({ type: 'ask', number, sql, params: parameters(params), maxSeconds }, (error) => {
          waiting.delete(number);
          one.reject(error);
        });
      }),
    close: () => failAll(new Error('the store is closed')),
  };
}
