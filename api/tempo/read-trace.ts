import type { FoundCall } from '../../core/call/find.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import type { ApiDeps } from '../deps.ts';
import { buildLadder } from '../ladder/build.ts';
import { messagesOf } from '../ladder/facts.ts';
import type { Trace } from './otlp.ts';
import { traceOf } from './trace.ts';

/** The trace of a call, with all that its ladder shows. */
export async function readTrace(
  { store, hosts, version }: Pick<ApiDeps, 'store' | 'hosts' | 'version'>,
  traceId: string,
  call: FoundCall,
  options: SelectOptions,
): Promise<Trace> {
  const [ladder, messages] = await Promise.all([
    buildLadder(store, call, hosts, options),
    messagesOf(store, call, options),
  ]);
  const byId = new Map(messages.map((message) => [message.id, message]));
  return traceOf({ traceId, call, ladder, messages: byId, version });
}
