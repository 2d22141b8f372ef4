import type { Tenants } from '../core/runtime/tenants.ts';
import type { Unmask } from '../core/sip/topology-hiding.ts';

/** Which headers and variables a site carries from leg to leg, from the configuration. */
export interface CorrelationOptions {
  /** SIP header names in lower case. */
  readonly correlationHeaders: readonly string[];
  /** Channel variable names without "variable_". */
  readonly correlationVariables: readonly string[];
  /** Reads a Call-ID that a proxy has disguised; absent where no proxy does. */
  readonly unmask?: Unmask;
  /** True for a conference room in which a caller waits for the one who calls back. */
  readonly isCallbackRoom: (name: string) => boolean;
  /** Whether beginnings of legs are stored, to make guesses from. */
  readonly guesses: boolean;
  /** Whose a switch, a sensor or a SIP domain is; without it no leg has a tenant. */
  readonly tenants?: Tenants;
}

/** For events that join nothing. */
export const NO_CORRELATION: CorrelationOptions = {
  correlationHeaders: [],
  correlationVariables: [],
  guesses: false,
  isCallbackRoom: () => false,
};
