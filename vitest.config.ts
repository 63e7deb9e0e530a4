import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is polled for comes when it comes; a busy machine is no fault of the service.
    expect: { poll: { timeout: 30_000 } },
    // Two cores: more files side by side only make the timers of real servers late.
    maxWorkers: 2,
  },
});
