import type { Script } from '../script.ts';
import { answers } from './answers.ts';
import { endings } from './endings.ts';
import { refusals } from './refusals.ts';
import { silence } from './silence.ts';
import { topologies } from './topologies.ts';

export const SCRIPTS: readonly Script[] = [...answers, ...refusals, ...silence, ...endings, ...topologies];
