import { defineConfig } from 'vitest/config';

/**
 * Suites of parts that are being built (Slack, Teams, the paired agent): run them with UNFINISHED=1. Their issues bring
 * them into the gate.
 */
const unfinished = [
  'test/agent/**',
  'test/bot/slack/**',
  'test/bot/teams/**',
  'test/bot/local/**',
  'test/e2e/slack*',
];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: process.env.UNFINISHED === '1' ? [] : unfinished,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: more files side by side only make the timers of real servers late.
    maxWorkers: 2,
  },
});
