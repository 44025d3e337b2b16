import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    // Many tests wait more than they work; by default one core is left idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/process/**',
            'test/integration/**',
            'test/kubelet/**',
            'test/cluster/**',
            'test/apiserver/**',
            'test/rendered/**',
          ],
          testTimeout: 120_000,
        },
      },
      { test: { name: 'process', include: ['test/process/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'manifests', include: ['test/rendered/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'apiserver',
          include: ['test/apiserver/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'cluster', include: ['test/cluster/**/*.test.ts'], testTimeout: 600_000, fileParallelism: false } },
      { test: { name: 'kubelet', include: ['test/kubelet/**/*.test.ts'], testTimeout: 240_000, fileParallelism: false } },
    ],
  },
});
export default config;
