import { missingAck } from './missing-ack.ts';
import type { Rule } from './rule.ts';

/** In the order in which equal ones are told. */
export const RULES: readonly Rule[] = [missingAck];
