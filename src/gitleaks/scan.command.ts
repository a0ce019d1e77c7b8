import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { CheckContext, Event } from '../check.ts';
import { defineCommand, maybe, type Answer, type Command, type Context } from '../command.ts';
import { GITLEAKS_IGNORES, parsePlaceIgnores } from '../config/gitleaks-ignore.ts';
import { ConfigError, FileError, InterruptedError, UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { commitFacts } from '../git/commits.ts';
import { doors } from '../git/doors.ts';
import { elsewhere, here } from '../git/run.ts';
import { printable } from '../report/printable.ts';
import type { SourceFile } from '../rules/rule-sources.ts';
import { isFolder, isThere } from '../sys/files.ts';
import { scanTarget } from '../leak/check.ts';
import type { LeakOptions } from '../leak/options.ts';
import { settledOptions } from '../leak/gate.ts';
import { placedBelow, tell, tookTooLong, type Run } from './tell.ts';
import { askedOf, flagsOf, type Asked, type Word } from './flags.ts';
import { parseBaseline } from './baseline.ts';
import { readStdin } from '../stdin.ts';

const readNamed = (path: string, option: string, { cwd }: Pick<Context, 'cwd'>): Buffer => {
  const bytes = isFolder(resolve(cwd, path)) ? undefined : doors.readIfThere(resolve(cwd, path));
  if (bytes === undefined) throw new UsageError(`--${option}: no file ${printable(path)}`);
  return bytes;
};

/** A rule file that the person names: by option, or as gitleaks and betterleaks do by environment. */
const namedRules = ({ config }: Asked, context: Context): SourceFile | undefined => {
  const { env } = context;
  const file = (path: string, option: string): SourceFile => ({
    path: path.replaceAll('\\', '/'),
    bytes: readNamed(path, option, context),
    mayLoosen: true,
  });
  if (config !== undefined) return file(config, 'config');
  for (const name of ['GITLEAKS_CONFIG', 'BETTERLEAKS_CONFIG']) {
    const path = env[name] ?? '';
    if (path !== '') {
      const bytes = doors.readIfThere(resolve(context.cwd, path));
      if (bytes === undefined) throw new ConfigError(`${name}: no file ${printable(path)}`);
      return { path: path.replaceAll('\\', '/'), bytes, mayLoosen: true };
    }
    const text = env[`${name}_TOML`] ?? '';
    if (text !== '') return { path: `${name}_TOML`, bytes: Buffer.from(text), mayLoosen: true };
  }
  return undefined;
};

const TOKEN = 'gitleaks:allow';

/** What the settings say, with what the command line says in its place. */
const optionsOf = (asked: Asked, rules: SourceFile | undefined, inside: CheckContext, { cwd }: Context, event: Event): LeakOptions => {
  const settled = settledOptions(inside, event);
  const read = (path: string): Promise<Buffer | undefined> => Promise.resolve(doors.readIfThere(resolve(cwd, path)));
  return {
    ...settled,
    choice: {
      ...settled.choice,
      // gitleaks’ own file takes the place of the built-in rules unless it says otherwise, also where nobody named it.
      files: rules === undefined ? settled.choice.files.map((file) => ({ ...file, beside: false })) : [rules],
      ...(rules === undefined ? {} : { read, useBuiltin: true }),
      ...(asked.only.length === 0 ? {} : { only: asked.only }),
    },
    plan: {
      decode: asked.decode ?? settled.plan.decode,
      maxFileSize: asked.maxFileSize ?? settled.plan.maxFileSize,
      archives: asked.archives ?? settled.plan.archives ?? 0,
      inline: asked.honoursAllow ? { honoured: [TOKEN], refused: [] } : { honoured: [], refused: [TOKEN] },
    },
  };
};

/** Ignores that the command line names count whoever wrote them. */
const withIgnores = (inside: CheckContext, { ignorePath }: Asked, { cwd }: Context): CheckContext => {
  if (ignorePath === undefined) return inside;
  const path = isFolder(resolve(cwd, ignorePath)) ? join(ignorePath, GITLEAKS_IGNORES) : ignorePath;
  const bytes = doors.readIfThere(resolve(cwd, path));
  if (bytes === undefined && path === ignorePath) throw new UsageError(`--gitleaks-ignore-path: no file ${printable(path)}`);
  const { entries } = parsePlaceIgnores(bytes ?? Buffer.alloc(0), path);
  return { ...inside, policy: { ...inside.policy, places: [...inside.policy.places, ...entries] } };
};

/** A bare word that is also a file here may mean either. */
const requireClear = (word: Word, path: string | undefined, given: number, { cwd }: Context): void => {
  if (path !== undefined || given > 0 || word === 'stdin' || !isThere(resolve(cwd, word))) return;
  throw new UsageError(`"${word}" is a ${isFolder(resolve(cwd, word)) ? 'folder' : 'file'} here, and gitleaks’ command`, {
    hint: `to look at it: kei-git leak scan ./${word}\nas gitleaks does: kei-git leak scan ${word} .`,
  });
};

const SETTINGS = ['.git', 'kei.toml', '.betterleaks.toml', '.gitleaks.toml'] as const;

interface Place {
  readonly context: Context;
  /** What gitleaks writes before the paths of what it finds. */
  readonly above: string;
  readonly choice: Parameters<typeof doors.openTarget>[0];
}

/** Where the scan takes place and what it looks at. */
const placeOf = async (asked: Asked, context: Context): Promise<Place> => {
  const { path = '.', look } = asked;
  const target = resolve(context.cwd, path);
  if (look.kind === 'stdin')
    return { context, above: '', choice: { paths: [], input: { path: 'stdin', bytes: await readStdin(context) } } };
  if (!isThere(target)) throw new UsageError(`no such file or folder: ${printable(path)}`);
  const folder = isFolder(target) ? target : dirname(target);
  // The environment says which index a hook is about, but nothing of another repository.
  const inside = folder === resolve(context.cwd) ? context : { ...context, cwd: folder, env: elsewhere(folder, context.env).env };
  if (look.kind === 'folder') {
    const isBelow = !isAbsolute(path) && !path.split(/[/\\]/).includes('..');
    const above = isBelow ? '' : (isFolder(target) ? path : dirname(path)).replaceAll('\\', '/').replace(/\/?$/, '/');
    // A part of where we are, unless it has settings of its own.
    const isPart = isBelow && !SETTINGS.some((name) => isThere(join(folder, name)));
    return {
      context: isPart ? context : inside,
      above,
      choice: { paths: [], folder: { path: target, from: isBelow ? context.cwd : folder } },
    };
  }
  if (look.kind === 'commits') return { context: inside, above: '', choice: { paths: [], log: look.log } };
  return { context: inside, above: '', choice: { paths: [], [look.kind]: true } };
};

const eventOf = ({ look }: Asked, { ci }: Context): Event => (ci ? 'ci' : look.kind === 'staged' ? 'pre-commit' : 'check');

const scan = async (asked: Asked, started: Context): Promise<Answer> => {
  const rules = namedRules(asked, started);
  const { baseline: known, report } = asked;
  const baseline =
    known === undefined ? undefined : { path: known, knows: parseBaseline(readNamed(known, 'baseline-path', started), known) };
  if (report !== undefined && !/^(?:-$|\/dev\/)/.test(report.path)) {
    const folder = dirname(resolve(started.cwd, report.path));
    if (!isFolder(folder))
      throw new FileError(`--report-path: there is no folder for ${printable(report.path)}`, {
        hint: `mkdir -p ${printable(dirname(report.path))}`,
      });
  }
  const { context, above, choice } = await placeOf(asked, started);
  const opened = await openGate(choice, eventOf(asked, context), {}, context, doors);
  try {
    const result = await runGate(opened, {
      failOn: ({ leak }) => leak['fail-on'],
      look: (inside) =>
        scanTarget(opened.target, optionsOf(asked, rules, inside, started, opened.target.event), withIgnores(inside, asked, started)),
    });
    const [{ context: inside }] = opened.views;
    const run: Run = {
      asked,
      target: opened.target,
      context: inside,
      options: optionsOf(asked, rules, inside, started, opened.target.event),
      fileOf: asked.look.kind === 'stdin' ? () => '' : placedBelow(above),
      baseline,
      commitTexts: (oids) => commitFacts(here(context), oids, { signal: context.signal }),
    };
    const told = await tell(result, run);
    return { kind: 'answer', value: undefined, ...told };
  } finally {
    await opened.close();
  }
};

/** What gitleaks does under a name, with its flags, by our engine. */
export const asGitleaks = (word: Word): Command =>
  defineCommand({
    args:
      word === 'stdin' || word === 'detect' || word === 'protect'
        ? {}
        : { path: maybe('what to look at; default: here', { completes: 'file' }) },
    options: flagsOf(word),
    details: `Takes the command line of gitleaks ${word}, so that a CI line changes by one word; what differs is in docs/migrating-from-gitleaks.md. Nothing that is found is ever printed.`,
    examples: [],
    run: async ({ args, options }, context) => {
      const path = typeof args['path'] === 'string' ? args['path'] : undefined;
      const asked = askedOf(word, path, options);
      requireClear(word, asked.path, Object.entries(options).filter(isGiven(flagsOf(word))).length, context);
      if (asked.timeoutMs === undefined) return scan(asked, context);
      const clock = AbortSignal.timeout(asked.timeoutMs);
      try {
        return await scan(asked, { ...context, signal: AbortSignal.any([context.signal, clock]) });
      } catch (error) {
        if (!(error instanceof InterruptedError) || !clock.aborted || context.signal.aborted) throw error;
        throw new FileError(tookTooLong(asked.timeoutMs / 1000), { cause: error });
      }
    },
  });

const isGiven =
  (flags: Command['options']) =>
  ([name, value]: readonly [string, unknown]): boolean => {
    const option = flags[name];
    const usual = option !== undefined && 'default' in option ? option.default : undefined;
    return value !== undefined && value !== false && value !== usual && !(Array.isArray(value) && value.length === 0);
  };
