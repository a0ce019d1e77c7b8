import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

// Tests against collections that are not part of this repository; KEI_CORPUS names their folder.
export default defineConfig((env) => {
  const config = base(env);
  return {
    ...config,
    test: { ...config.test, include: ['test/corpus/**/*.test.ts'], exclude: [], testTimeout: 240_000 },
  };
});
