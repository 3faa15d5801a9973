import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { shuffle: true },
    // Much of the time is spent waiting for other processes, so two cores are worth two workers.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['lambdas/{domain,use-cases,exchanges}/**/*.ts'],
      // Files that hold only types have nothing to be covered.
      reporter: [['text', { skipEmpty: true }], 'html'],
      thresholds: {
        'lambdas/domain/**': { branches: 95 },
        'lambdas/use-cases/**': { branches: 95 },
        'lambdas/exchanges/**': { branches: 95 },
      },
    },
  },
})
