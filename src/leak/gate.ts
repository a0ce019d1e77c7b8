import { resolve } from 'node:path';
import type { Check, CheckContext, Event } from '../check.ts';
import { CATEGORIES, type Category } from '../config/categories.ts';
import type { Config } from '../config/schema.ts';
import { UsageError } from '../errors.ts';
import type { RuleSet, Scope } from '../rules/rule.ts';
import type { SourceFile } from '../rules/rule-sources.ts';
import { scanTarget } from './check.ts';
import type { LeakOptions } from './options.ts';

/** How deep archives are opened on an occasion; on none in particular as on the one where they are. */
const archivesAt = (leak: Config['leak'], event: Event | undefined): number =>
  leak['archives-at'].some((occasion) => event === undefined || occasion === event) ? leak.archives : 0;

/** What a scan does when only the settings speak. @param event the occasion; undefined: as on any */
export const settledOptions = (context: CheckContext, event?: Event): LeakOptions => {
  const { config, ruleFiles } = context.policy;
  const { leak } = config;
  return {
    choice: {
      files: ruleFiles,
      read: (path) => context.readPolicyFile(path),
      useBuiltin: leak.builtin,
      categories: leak.categories,
      honourInline: leak['honour-inline'],
    },
    plan: { decode: leak.decode, maxFileSize: leak['max-file-size'], archives: archivesAt(leak, event) },
    jobs: leak.jobs,
    useCache: true,
  };
};

/** The occasion that a scope of rules stands for. */
export const EVENT_OF: Readonly<Record<Scope, 'check' | 'commit-msg' | 'pre-push' | 'agent-write' | 'mirror'>> = {
  write: 'check',
  message: 'commit-msg',
  push: 'pre-push',
  agent: 'agent-write',
  mirror: 'mirror',
};

/** What a command line says of rules and of how to look; what it leaves out the settings say. */
export interface Chosen {
  readonly rules: readonly string[];
  readonly 'no-builtin': boolean;
  readonly category: readonly string[];
  readonly decode: number | undefined;
  readonly 'max-file-size': number | undefined;
  readonly archives?: number | undefined;
  readonly jobs?: number | undefined;
  readonly 'no-cache'?: boolean;
}

type Read = (path: string) => Uint8Array | undefined;

const ruleFile = (path: string, cwd: string, read: Read): SourceFile => {
  const bytes = read(resolve(cwd, path));
  if (bytes === undefined) throw new UsageError(`no rule file ${path}`);
  return { path, bytes, mayLoosen: true };
};

const categoryOf = (name: string): Category => {
  const known = CATEGORIES.find((category) => category === name);
  if (known === undefined) throw new UsageError(`--category: no category "${name}"`, { hint: CATEGORIES.join(', ') });
  return known;
};

/** @param readIfThere a file on disk. @param event the occasion; undefined: archives stay shut. @throws {UsageError} for a file or category that is not there */
export const chosenOptions = (chosen: Chosen, inside: CheckContext, readIfThere: Read, event?: Event): LeakOptions => {
  const settled = settledOptions(inside, event);
  const { cwd } = inside;
  return {
    choice: {
      ...settled.choice,
      ...(chosen.rules.length === 0
        ? {}
        : {
            files: chosen.rules.map((path) => ruleFile(path, cwd, readIfThere)),
            read: (path: string) => Promise.resolve(readIfThere(resolve(cwd, path))),
          }),
      ...(chosen['no-builtin'] ? { useBuiltin: false } : {}),
      ...(chosen.category.length === 0 ? {} : { categories: chosen.category.map(categoryOf) }),
    },
    plan: {
      decode: chosen.decode ?? settled.plan.decode,
      maxFileSize: chosen['max-file-size'] ?? settled.plan.maxFileSize,
      archives: chosen.archives ?? (event === undefined ? 0 : (settled.plan.archives ?? 0)),
    },
    jobs: chosen.jobs ?? settled.jobs,
    useCache: chosen['no-cache'] !== true,
  };
};

/** gitleaks' names for them too: its files may use those. */
const builtinRules: Check['builtinRules'] = async (asset) => {
  const { ALIASED } = await import('../rules/aliases.ts');
  const bytes = asset('rules.json');
  if (bytes === undefined) return ALIASED;
  const { rules } = JSON.parse(Buffer.from(bytes).toString('utf8')) as RuleSet; // made by scripts/rules.mjs
  return [...rules.map(({ id }) => id), ...ALIASED];
};

export const check: Check = {
  id: 'leak',
  builtinRules,
  summary: 'credentials and other content that must not leave',
  // Where nothing is brought in, no rule is opened.
  applies: ({ changes, messages = [] }) => changes === undefined || changes.length > 0 || messages.length > 0,
  run: async (target, context) => scanTarget(target, settledOptions(context, target.event), context),
};
