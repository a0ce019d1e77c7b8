import { createHash } from 'node:crypto';
import { stringify } from 'smol-toml';
import * as v from 'valibot';
import { parseToml } from '../toml.ts';
import { table } from './schema-values.ts';
import { validate } from './validate.ts';

/** A file that says something about the guards. */
export interface PolicyFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The person trusts these words in this repository. */
export interface TrustRecord {
  /** Absolute path of the common git directory (one for all worktrees), or of the folder outside git. */
  readonly repository: string;
  readonly policy: string;
  /** Of the commands alone: they run also where something else of the policy has changed. undefined: there were none. */
  readonly commands?: string | undefined;
  /** When, as an ISO date-time. */
  readonly at: string;
}

/** A checkout may turn line ends round; that changes no policy. */
const withoutReturns = (bytes: Uint8Array): Buffer => Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Names the policy as a whole: paths and contents, in no order, line ends apart. */
export const policyHash = (files: readonly PolicyFile[]): string => {
  const lines = files.map(({ path, bytes }) => `${sha256(withoutReturns(bytes))} ${path}\0`);
  return `kei-policy1:${sha256(`kei/policy/1\0${lines.toSorted().join('')}`)}`;
};

const TrustSchema = table({
  trust: v.optional(
    v.array(
      table({
        repository: v.pipe(v.string('must be a path'), v.minLength(1, 'must be a path')),
        policy: v.pipe(v.string('must be a hash'), v.regex(/^kei-policy1:[0-9a-f]{64}$/, 'must be a hash, as kei-git trust writes it')),
        commands: v.optional(
          v.pipe(v.string('must be a hash'), v.regex(/^kei-commands1:[0-9a-f]{64}$/, 'must be a hash, as kei-git trust writes it')),
        ),
        at: v.string('must be a date in quotes'),
      }),
      'must be written as [[trust]]',
    ),
    [],
  ),
});

/** @throws {ConfigError} */
export const parseTrust = (source: string | Uint8Array, file: string): readonly TrustRecord[] =>
  validate(TrustSchema, parseToml(source, file)).trust;

/** @param policy of which the hash is only asked where the repository is known */
export const isTrusted = (records: readonly TrustRecord[], repository: string, policy: { readonly hash: string }): boolean =>
  records.some((record) => record.repository === repository && record.policy === policy.hash);

interface Commands {
  readonly hook: { readonly run: readonly unknown[] };
  readonly counts: Readonly<Record<string, { readonly command?: readonly string[] | undefined }>>;
}

/** Names all commands that settings have, with everything that they say of them; undefined where there is none. */
export const commandsHash = ({ hook, counts }: Commands): string | undefined => {
  const counters = Object.entries(counts).filter(([, { command }]) => command !== undefined);
  if (hook.run.length === 0 && counters.length === 0) return undefined;
  return `kei-commands1:${sha256(`kei/commands/1\0${JSON.stringify([hook.run, counters])}`)}`;
};

/** Whether the person has trusted the commands, with this policy or with another. @param policy both are only asked where the repository is known */
export const mayRunCommands = (
  records: readonly TrustRecord[],
  repository: string,
  policy: { readonly hash: string; readonly commands: string | undefined },
): boolean =>
  isTrusted(records, repository, policy) ||
  records.some((record) => record.repository === repository && record.commands !== undefined && record.commands === policy.commands);

/** Worktrees and branches may carry different policies: the latest few are kept side by side. */
const KEPT = 16;

export const addTrust = (records: readonly TrustRecord[], added: TrustRecord): readonly TrustRecord[] => {
  const isSame = (record: TrustRecord): boolean => record.repository === added.repository && record.policy === added.policy;
  const older = records.filter(({ repository }) => repository === added.repository).filter((record) => !isSame(record));
  const dropped = new Set(older.slice(0, Math.max(0, older.length - KEPT + 1)));
  return [...records.filter((record) => !isSame(record) && !dropped.has(record)), added];
};

export const revokeTrust = (records: readonly TrustRecord[], repository: string): readonly TrustRecord[] =>
  records.filter((record) => record.repository !== repository);

/** The text of trust.toml. */
export const writeTrust = (records: readonly TrustRecord[]): string =>
  `# Repositories whose policy you trust, as kei-git trust recorded them.\n${records.length === 0 ? '' : stringify({ trust: records })}\n`;
