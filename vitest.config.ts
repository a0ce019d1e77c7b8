import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { defineConfig } from 'vitest/config';

// A hook's GIT_DIR or GIT_INDEX_FILE would lead the repositories that tests make to the one that is being committed to.
for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];

// npm run test:gits: another git before the machine's own.
const git = process.env['KEI_TEST_GIT'];
if (git !== undefined) process.env['PATH'] = `${dirname(git)}${delimiter}${process.env['PATH']}`;

export default defineConfig(({ mode }) => ({
  define: { __KEI_DIST__: JSON.stringify(join(import.meta.dirname, 'dist')) }, // as the build: where rules.bin and worker.cjs are
  plugins: [
    {
      name: 'without-maps-of-missing-sources',
      enforce: 'pre',
      load: (id) =>
        /\/node_modules\/@actions\/.*\.js$/.test(id) ? readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*/m, '') : undefined,
    },
  ],
  test: {
    globalSetup: [join(import.meta.dirname, 'test/built.ts')],
    include: ['test/**/*.test.ts'],
    exclude: ['test/corpus/**', 'test/fixtures/**', ...(mode === 'long' ? [] : ['test/long/**'])],
    env: mode === 'long' ? { KEI_LONG: '1' } : {}, // npm run test:long
    pool: 'forks',
    maxWorkers: 2,
    server: { deps: { inline: [/@actions\//] } }, // imports JSON without saying so, which Node refuses
    testTimeout: mode === 'long' ? 600_000 : 30_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/**'] },
  },
}));
