import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two cores, and a third worker for the time in which tests wait: for leases, restarts, a broker, a clock.
    maxWorkers: 3,
  },
});
