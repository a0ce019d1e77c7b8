import type { Place } from '../command.ts';
import { run } from './run.ts';

/** What git was told about commit messages; undefined where it was told nothing. */
export interface MessageSettings {
  /** `strip`, `whitespace`, `verbatim`, `scissors` or `default`. */
  readonly cleanup: string | undefined;
  /** What a comment begins with, or `auto`. */
  readonly comment: string | undefined;
  readonly verbose: boolean;
  /** Of the bytes that are committed. */
  readonly encoding: string | undefined;
}

const KEYS = String.raw`^(commit\.(cleanup|verbose)|core\.comment(char|string)|i18n\.commitencoding)$`;

/** @throws {GitError} where the configuration cannot be read */
export async function messageSettings(place: Place): Promise<MessageSettings> {
  const { stdout } = await run(place, ['config', '-z', '--get-regexp', KEYS], { okCodes: [0, 1] });
  const values = new Map<string, string>();
  for (const record of stdout.toString('utf8').split('\0')) {
    const end = record.indexOf('\n');
    const key = (end < 0 ? record : record.slice(0, end)).replace(/^core\.commentstring$/, 'core.commentchar');
    // A key without `=` is true. The last one counts.
    values.set(key, end < 0 ? 'true' : record.slice(end + 1));
  }
  const verbose = values.get('commit.verbose');
  return {
    cleanup: values.get('commit.cleanup'),
    comment: values.get('core.commentchar'),
    verbose: verbose !== undefined && !/^(?:false|no|off|0|)$/i.test(verbose),
    encoding: values.get('i18n.commitencoding'),
  };
}
