import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

export default defineConfig({
  test: {
    sequence: { shuffle: true, sequencer: LongestFirst },
    // Much of the time is spent waiting for other processes, so two cores are worth two workers; whole programs (`test:e2e`)
    // wait so much that they are worth three.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'code',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{e2e,proofs}/**'],
          // A file meets the modules that the file before it has loaded: to load them anew took half as long as the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'proofs',
          include: ['test/proofs/**/*.test.ts'],
          // Long work: what takes twenty seconds alone takes minutes where others are busy, and is right all the same.
          testTimeout: 600_000,
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['lambdas/{domain,use-cases,exchanges}/**/*.ts'],
      // Files that hold only types have nothing to be covered.
      reporter: [['text', { skipEmpty: true }], 'html'],
      // Of a part of the tests nothing can be asked: the parts are laid together afterwards.
      thresholds: process.env.PART_OF_COVERAGE
        ? {}
        : {
            'lambdas/domain/**': { branches: 95 },
            'lambdas/use-cases/**': { branches: 95 },
            'lambdas/exchanges/**': { branches: 95 },
          },
    },
  },
})
