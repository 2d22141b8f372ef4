import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { AccessConfig } from '../../core/config/config.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { SourceState } from '../../core/runtime/source.ts';
import type { Store } from '../../core/store/store.ts';
import { audit } from './audit.ts';
import { createAuditLog } from './audit-log.ts';
import { createTellRefused, guard } from './guard.ts';
import { createLimits } from './limits.ts';
import { createOpenId } from './openid/openid.ts';
import { loginRoutes } from './openid/routes.ts';

export interface AccessDeps {
  readonly access: AccessConfig;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Where the audit is kept; nothing is kept without. */
  readonly store?: Pick<Store, 'insert'> | undefined;
}

/**
 * Puts what decides on access before all routes: who asks, whether he may, whether it is his turn; and what he did is written
 * down. Answers the states of those who vouch for people.
 */
export async function useAccess(app: FastifyInstance, deps: AccessDeps): Promise<() => readonly SourceState[]> {
  const { access, metrics, log, store } = deps;
  const { registry } = metrics;
  const auditLog = store === undefined ? undefined : createAuditLog({ store, registry, log });
  audit(app, registry, auditLog);
  const openid = access.openid === undefined ? undefined : createOpenId(access.openid, log);
  if (openid !== undefined) await app.register(cookie);
  const tell = createTellRefused(registry);
  guard(app, { access, openid, tell, limits: await createLimits(app, access.limits, registry) });
  if (openid !== undefined) {
    await app.register(loginRoutes(openid, tell));
    openid.provider.start();
  }
  app.addHook('onClose', async () => {
    openid?.provider.stop();
    await auditLog?.close();
  });
  return () => (openid === undefined ? [] : [openid.provider.state()]);
}
