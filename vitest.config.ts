import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that wait most of their time, for processes that end and start again, leases, a broker; and those with most work. */
const LONG = /\/test\/(faults|fuzz|truth)\/|\/(web\/(recorded|page)|system\/(export|prometheus|start))\.test\.ts$/;

/** The long ones begin first, so that nothing is waited for alone in the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/system/tables-setup.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two cores, and a third worker for the time in which tests wait.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
  },
});
