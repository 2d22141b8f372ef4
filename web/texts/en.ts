import { call } from './en/call.ts';
import { clocks } from './en/clocks.ts';
import { compare } from './en/compare.ts';
import { connect } from './en/connect.ts';
import { detail } from './en/detail.ts';
import { doctor } from './en/doctor.ts';
import { edges } from './en/edges.ts';
import { frame } from './en/frame.ts';
import { keys } from './en/keys.ts';
import { ladder } from './en/ladder.ts';
import { ledger } from './en/ledger.ts';
import { parts } from './en/parts.ts';
import { search } from './en/search.ts';
import { steps } from './en/steps.ts';
import { why } from './en/why.ts';

/** English. */
export const en = {
  ...{ frame, keys, parts },
  ...{ search, connect },
  ...{ call, why, edges, ladder, steps, detail },
  ...{ compare, doctor, clocks, ledger },
};
