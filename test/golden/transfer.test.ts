import { describe, it } from 'vitest';
import * as transfer from '../generate/topologies/transfer.ts';
import { expectCalls, stage, times } from './stage.ts';

describe('golden scenarios: transfer', () => {
  it('golden 7: a blind transfer is one call with the third party', async () => {
    await expectCalls(stage([transfer.blindRefer, transfer.apiTransfer]), {
      calls: times(2, '3 dialogs, 3 channels'),
      hepOnly: times(6, '1 dialog'),
      eslOnly: times(2, '3 dialogs, 3 channels'),
    });
  });

  it('golden 8: an attended transfer joins both of its calls, and REFER alone proves that', async () => {
    await expectCalls(stage([transfer.attendedRefer]), {
      calls: ['4 dialogs, 4 channels'],
      // The two lines of the phone; what the switch called for them, nobody on the wire can tell.
      hepOnly: ['2 dialogs', '1 dialog', '1 dialog'],
      eslOnly: ['4 dialogs, 4 channels'],
    });
  });

  it('golden 9: an attended transfer between calls on two switches is one call', async () => {
    await expectCalls(stage([transfer.attendedAcross]), {
      calls: ['5 dialogs, 6 channels'],
      hepOnly: ['3 dialogs', '1 dialog', '1 dialog'],
    });
  });

  it('golden 10: a phone that takes a leg over by Replaces comes into the call', async () => {
    await expectCalls(stage([transfer.replacedLeg]), {
      calls: ['3 dialogs, 3 channels'],
      hepOnly: ['2 dialogs', '1 dialog'],
      eslOnly: ['3 dialogs, 3 channels'],
    });
  });

  it('golden 11: two callers who waited on their own are one call once they were joined', async () => {
    await expectCalls(stage([transfer.joinedCallers, transfer.intercepted]), {
      calls: ['2 dialogs, 2 channels', '3 dialogs, 3 channels'],
      hepOnly: times(5, '1 dialog'),
      eslOnly: ['2 dialogs, 2 channels', '3 dialogs, 3 channels'],
    });
  });

  it('golden 18: two calls that were parked in the same slot are two calls', async () => {
    await expectCalls(stage([transfer.valetParking, transfer.valetParking]), {
      calls: times(2, '2 dialogs, 2 channels'),
      eslOnly: times(2, '2 dialogs, 2 channels'),
    });
  });
});
