import { relative, resolve, sep } from 'node:path';
import type { PolicySource, RepositoryPolicy } from '../config/load.ts';
import type { PersonalSettings } from '../config/personal.ts';
import { UsageError } from '../errors.ts';
import { printable } from '../report/printable.ts';

interface Named {
  /** As whoever started the run wrote them, from `cwd`. */
  readonly rules: readonly string[];
  readonly cwd: string;
  /** Of the repository; undefined: there is none. */
  readonly root: string | undefined;
}

/** Its path in the repository; undefined: it lies elsewhere. */
const insidePath = (rule: string, { cwd, root }: Named): string | undefined => {
  if (root === undefined) return undefined;
  const path = relative(root, resolve(cwd, rule)).split(sep).join('/');
  return path === '' || path.startsWith('../') ? undefined : path;
};

/** Those of the repository are read where its settings are, so that a pull request cannot rewrite them. */
export const insideOf = (named: Named, source: PolicySource): PolicySource => ({
  list: (globs) => source.list(globs),
  read: (path) => source.read(path),
  rules: named.rules.flatMap((rule) => insidePath(rule, named) ?? []),
});

/**
 * The others are whoever's who started the run.
 * @param judged of what is looked at
 * @throws {UsageError} for one that is nowhere
 */
export const outsideOf = (named: Named, judged: RepositoryPolicy, read: (path: string) => Uint8Array | undefined): PersonalSettings => {
  const ruleFiles = named.rules.flatMap((rule) => {
    const inside = insidePath(rule, named);
    if (judged.files.some(({ path }) => path === inside)) return [];
    const bytes = read(resolve(named.cwd, rule));
    if (bytes === undefined) throw new UsageError(`there is no rule file ${printable(rule)}`);
    return [{ path: inside ?? rule, bytes }];
  });
  return { floor: undefined, ruleFiles, trust: [] };
};
