import type { UserRole } from '../../core/config/config.ts';
import type { Act } from './audit.ts';

/**
 * What each route says of itself in its `config`: who may ask it, what it costs, and what is remembered of it. A test walks
 * all routes and fails for one that says no `act`.
 */
declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that it answers; reader unless said. */
    least?: UserRole;
    /** Is of the whole site: whoever is bound to tenants is not answered, whatever his role. */
    wholeSite?: true;
    /** Answers whoever does not say who he is, too: the health check, the login. */
    open?: boolean;
    /**
     * What is remembered of who asked; "none" for what is of nobody, or what notes by itself. Said in a text: with what the
     * parameters that `about` names hold.
     */
    act?: Act['action'] | 'none';
    /** Names of parameters, of the path or the query. */
    about?: readonly string[];
    /** A parameter by which a page says that it asks the same again and again: that is remembered once in ten minutes. */
    again?: string;
    /** "nothing": counts for no limit; "request": answered without the store. A question unless said. */
    cost?: 'nothing' | 'request' | 'question' | 'tail';
  }
}

/** Nothing is remembered of these. */
export const NO_ACT = { act: 'none' } as const;
/** Nor do they ask the store. */
export const CHEAP = { act: 'none', cost: 'request' } as const;
/** A call is looked at, or taken away, by the key in the path. */
export const VIEW = { act: 'view', about: ['key'] } as const;
export const EXPORT = { act: 'export', about: ['key'] } as const;

export const searchBy = (...about: readonly string[]) => ({ act: 'search', about }) as const;
