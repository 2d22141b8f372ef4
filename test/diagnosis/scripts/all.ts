import type { Script } from '../script.ts';
import { answers } from './answers.ts';

export const SCRIPTS: readonly Script[] = [...answers];
