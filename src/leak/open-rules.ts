import { resolve } from 'node:path';
import type { Snapshot } from '../check.ts';
import type { Context } from '../command.ts';
import { resolvePolicy, type Policy } from '../config/load.ts';
import { openSide, type Doors, type Side } from '../config/side.ts';
import { FileError, UsageError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import { readBuiltin } from '../rules/builtin-source.ts';
import { combineRules, type Combined, type RuleSource } from '../rules/combine.ts';
import type { Problem } from '../rules/problem.ts';
import { loadSources, syntaxProblem, type ReadRules, type SourceFile } from '../rules/rule-sources.ts';

/** What only commands may reach. */
export interface RuleDoors extends Doors {
  readonly packageFolder: () => string | undefined;
}

/** The rules that hold where a command is run, with their places. */
export interface OpenedRules {
  readonly builtin: ReturnType<typeof readBuiltin>;
  /** The rule files beside the built-in ones. */
  readonly sources: readonly RuleSource[];
  readonly combined: Combined;
  /** Files that are not even TOML. */
  readonly broken: readonly Problem[];
  readonly policy: Policy;
  readonly side: Side;
}

export interface RuleChoice {
  /** Rule files in place of those that the settings name. */
  readonly files: readonly string[];
  readonly useBuiltin: boolean;
}

/** Files that the built-in rules are written in. */
export const builtinFiles = async ({
  packageFolder,
  directorySnapshot,
}: Pick<RuleDoors, 'packageFolder' | 'directorySnapshot'>): Promise<readonly { readonly path: string; readonly bytes: Uint8Array }[]> => {
  const folder = packageFolder();
  if (folder === undefined) throw new FileError('the built-in rules are not where they were installed', { hint: 'install kei-git again' });
  const snapshot: Snapshot = directorySnapshot(`${folder}/leak-matrix`);
  const files: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  for (const { path } of await snapshot.list()) {
    const bytes = path.endsWith('.toml') ? await snapshot.read(path) : undefined;
    if (bytes !== undefined) files.push({ path: `leak-matrix/${path}`, bytes });
  }
  return files;
};

const named = (files: readonly string[], { cwd }: Context, { readIfThere }: RuleDoors): readonly SourceFile[] =>
  files.map((path): SourceFile => {
    const bytes = readIfThere(resolve(cwd, path));
    if (bytes === undefined) throw new UsageError(`${printable(path)} does not exist`);
    return { path: path.replaceAll('\\', '/'), bytes, mayLoosen: true };
  });

const loadAll = async (
  files: readonly SourceFile[],
  read: ReadRules,
  now: Date,
): Promise<{ readonly sources: readonly RuleSource[]; readonly broken: readonly Problem[] }> => {
  const sources: RuleSource[] = [];
  const broken: Problem[] = [];
  for (const file of files) {
    try {
      sources.push(...(await loadSources([file], read, now)));
    } catch (error) {
      const problem = syntaxProblem(error, file.path);
      if (problem === undefined) throw error;
      broken.push(problem);
    }
  }
  return { sources, broken };
};

/** @throws {KeiError} when the settings are broken or a named file is not there; what is wrong with rules is in the result */
export const openRules = async (context: Context, doors: RuleDoors, { files, useBuiltin }: RuleChoice): Promise<OpenedRules> => {
  const side = await openSide(context, doors);
  const policy = resolvePolicy({ repository: side.policy, identity: side.identity, personal: side.personal });
  const root = files.length > 0 ? context.cwd : side.where;
  const read: ReadRules = (path) => Promise.resolve(doors.readIfThere(resolve(root, path)));
  const chosen = files.length > 0 ? named(files, context, doors) : policy.ruleFiles;
  const { sources, broken } = await loadAll(chosen, read, context.now());
  const builtin = readBuiltin(await builtinFiles(doors));
  const combined = combineRules({ builtin: builtin.set, useBuiltin: useBuiltin && policy.config.leak.builtin, sources });
  return { builtin, sources, combined, broken, policy, side };
};
