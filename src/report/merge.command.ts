import { resolve } from 'node:path';
import { choice, defineCommand, rest, text, type Context } from '../command.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { readIfThere } from '../sys/files.ts';
import { SEVERITIES } from './finding.ts';
import { FORMATS } from './format.ts';
import { mergeReports } from './merge.ts';
import { parseReport } from './parse.ts';
import { printable } from './printable.ts';
import { readStdin } from '../stdin.ts';

const decode = (bytes: Uint8Array, file: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`${printable(file)}: not UTF-8`, { hint: 'give files that kei-git wrote with --format json' });
  }
};

const readReport = async (file: string, context: Context): Promise<Uint8Array> => {
  if (file === '-') return readStdin(context);
  const bytes = readIfThere(resolve(context.cwd, file));
  if (bytes === undefined)
    throw new UsageError(`report merge: ${printable(file)} does not exist`, { hint: 'a shard whose report is missing was not looked at' });
  return bytes;
};

export const command = defineCommand({
  args: { files: rest('reports written with --format json; - is standard input', { completes: 'file' }) },
  options: {
    format: choice(FORMATS, 'how to print the report', { default: 'text', short: 'f' }),
    output: text('FILE', 'write the report there instead of to standard output', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'exit with 1 from this severity on', { default: 'error' }),
  },
  details: 'A finding that several reports have comes once. A shard of a set (3/16) whose report is not given counts as not looked at.',
  examples: [{ command: 'kei-git report merge shard-*.json --format sarif --output leaks.sarif', does: 'joins the shards of a CI matrix' }],
  run: async ({ args }, context) => {
    if (args.files.length === 0) throw new UsageError('report merge: FILE is missing', { hint: 'kei-git report merge shard-*.json' });
    const reports = [];
    for (const file of args.files) reports.push(parseReport(decode(await readReport(file, context), file), file));
    return mergeReports(reports);
  },
});
