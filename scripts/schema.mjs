// @ts-check
// Writes docs/kei.schema.json, which editors check kei.toml with.
//   node scripts/schema.mjs [--check]   --check: exit 1 when the file is not up to date
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { toJsonSchema } from '@valibot/to-json-schema';
import { build } from 'esbuild';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'docs', 'kei.schema.json');

/** Node 20 cannot run TypeScript, so the schema is bundled first. */
async function loadSchema() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src', 'config', 'schema.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
  });
  const source = outputFiles[0]?.text ?? '';
  const { ConfigSchema } = await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`);
  return ConfigSchema;
}

try {
  // `input`: what stands in the file. A size is a number or text there, and bytes only after it was read.
  // What the keys of a counter say together has no place in it.
  const schema = toJsonSchema(await loadSchema(), { typeMode: 'input', target: 'draft-07', ignoreActions: ['raw_check'] });
  const text = `${JSON.stringify({ ...schema, title: 'kei.toml', description: 'Settings of kei-git for one repository.' }, undefined, 2)}\n`;
  if (values.check !== true) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text)
    throw new Error('docs/kei.schema.json is not up to date: node scripts/schema.mjs');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
