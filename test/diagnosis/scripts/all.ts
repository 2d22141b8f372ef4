import type { Script } from '../script.ts';
import { answers } from './answers.ts';
import { credentials } from './credentials.ts';
import { endings } from './endings.ts';
import { media } from './media.ts';
import { negotiations } from './negotiations.ts';
import { quality } from './quality.ts';
import { refusals } from './refusals.ts';
import { reports } from './reports.ts';
import { silence } from './silence.ts';
import { topologies } from './topologies.ts';
import { wire } from './wire.ts';

export const SCRIPTS: readonly Script[] = [
  ...answers,
  ...credentials,
  ...refusals,
  ...silence,
  ...endings,
  ...media,
  ...reports,
  ...quality,
  ...negotiations,
  ...wire,
  ...topologies,
];
