import { takeBlocks } from './blocks.ts';
import { readOwnFile } from './own-file.ts';
import type { SeenConfigHook, SeenHookFile, SeenHooks, SeenHooksPath, SeenWorktree } from './seen.ts';
import { startedBy, type Started } from './shim.ts';

export interface Problem {
  readonly words: string;
  /** What to type or do. */
  readonly remedy: string;
  /** Those of one worktree that it is about; none: all, or something else. */
  readonly events: readonly string[];
}

/** One event in one worktree. */
export interface Row {
  readonly event: string;
  /** What git starts, for a person. */
  readonly runs: string;
  /** What the guard is started with; undefined: it does not run. */
  readonly guard: Started | undefined;
}

export interface WorktreeDiagnosis {
  readonly path: string;
  readonly rows: readonly Row[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface Diagnosis {
  readonly worktrees: readonly WorktreeDiagnosis[];
  /** What concerns no worktree alone. */
  readonly problems: readonly Problem[];
}

const INSTALL = 'kei-git install';
const problem = (words: string, remedy = INSTALL): Problem => ({ words, remedy, events: [] });

const textOf = ({ bytes }: SeenHookFile): string => bytes?.toString('utf8') ?? '';

// ---- one event --------------------------------------------------------------------------------------------------------------------

const isPlain = ({ tool }: SeenHookFile): boolean => tool === undefined || tool === 'plain';

/** What of a file runs behind the guard. @param next what a file of ours hands over to */
const behind = (file: SeenHookFile, next: SeenHookFile | undefined): string => {
  if (file.bytes === undefined) return '';
  const own = readOwnFile(file.bytes);
  if (own === undefined) return `, then ${isPlain(file) ? 'what else stands in it' : `${file.tool}'s hook`}`;
  const handsOver = /^ {2}exec .* "\$@"$/m.test(textOf(file)) && next !== undefined && next.kind !== 'absent';
  const then = handsOver ? `, then ${next.runs ? next.path : `nothing: ${next.path} is not executable`}` : '';
  return then + (own.own.length > 0 ? ', then what was added' : '');
};

const fileWords = (file: SeenHookFile, isGuarded: boolean, next: SeenHookFile | undefined): string => {
  if (file.kind === 'absent') return 'nothing';
  if (file.kind === 'broken-link') return `nothing: ${file.path} is a link that leads nowhere`;
  if (file.kind === 'other') return `nothing: ${file.path} is no file`;
  if (!file.runs) return `nothing: ${file.path} is not executable`;
  if (isGuarded) return `${file.path}: the guard${behind(file, next)}`;
  return `${file.path}: ${isPlain(file) ? '' : `${file.tool}'s hook, `}no guard`;
};

/** Where git was led by a setting, and which. */
const bySetting = ({ value, scope, file }: SeenHooksPath): string =>
  `core.hooksPath = ${value} (${scope}${file === undefined ? '' : `, ${file}`})`;

const isHusky = ({ value }: SeenHooksPath): boolean => /(?:^|[\\/])\.husky[\\/]_[\\/]?$/.test(value);

/** Why the guard does not run: what leads git elsewhere, where something does. */
const whyNot = ({ settings, folder }: SeenWorktree): Problem => {
  const last = settings.hooksPaths.at(-1);
  if (last === undefined || last.ours) return problem('the guard is not there');
  const isMissing = folder.kind === 'absent' || folder.kind === 'broken-link';
  const missing = isMissing ? (isHusky(last) ? ': husky is not installed in this worktree' : ', which is not there') : '';
  return problem(`${bySetting(last)} leads git to ${folder.path}${missing}, and the guard is not there`);
};

const isChanged = ({ bytes }: SeenHookFile, event: string): boolean =>
  bytes !== undefined && takeBlocks(bytes, (label) => label === event).changed.length > 0;

interface Judged {
  readonly row: Row;
  readonly problem: Problem | undefined;
}

const configWords = ({ name, ours }: SeenConfigHook): string => `hook "${name}" of the configuration${ours ? ': the guard' : ''}`;

const judge = (worktree: SeenWorktree, event: string, { git, runsConfigHooks }: SeenHooks): Judged => {
  const hooks = worktree.configHooks.filter(({ events }) => events.includes(event));
  const inConfig = hooks.some(({ ours }) => ours);
  const file = worktree.files.find((one) => one.event === event);
  const holder = inConfig ? worktree.configFiles.find((one) => one.event === event) : file;
  const started = holder?.runs === true ? startedBy(textOf(holder), event) : undefined;
  const guard = inConfig && !runsConfigHooks ? undefined : started;
  const running = (runsConfigHooks ? hooks : []).map(configWords);
  if (file !== undefined && (running.length === 0 || file.kind !== 'absent'))
    running.push(fileWords(file, !inConfig && guard !== undefined, worktree.behind[event]));
  const row = { event, runs: running.join(', then '), guard };
  if (inConfig && !runsConfigHooks) return { row, problem: problem(`git ${git} runs no hooks of its configuration, where the guard is`) };
  if (guard === undefined || holder === undefined) return { row, problem: whyNot(worktree) };
  const remedy = `take the block out of the file, then ${INSTALL}`;
  return { row, problem: isChanged(holder, event) ? problem(`somebody changed kei-git's block in ${holder.path}`, remedy) : undefined };
};

// ---- what a guard starts ------------------------------------------------------------------------------------------------------------

const numbers = (version: string): readonly number[] => version.split(/[-+]/)[0]?.split('.').map(Number) ?? [];

const isNewer = (a: string, b: string): boolean => {
  const [one, other] = [numbers(a), numbers(b)];
  const at = one.findIndex((number, index) => number !== other[index]);
  return at !== -1 && (one[at] ?? 0) > (other[at] ?? 0);
};

const programProblem = ({ node, hook }: Started, { locked }: SeenWorktree, { program, version }: SeenHooks): Problem | undefined => {
  const seen = program(node, hook);
  const stops = 'the guard cannot start, and stops what it guards';
  if (seen.inside !== undefined) return problem(`${node} or ${hook} lies in the worktree ${seen.inside}, where a branch can replace it`);
  if (seen.node === 'absent') return problem(`${node} is gone: ${stops}`);
  if (seen.copy === 'absent') return problem(`${hook} is gone: ${stops}`);
  if (seen.copy === 'damaged') return problem(`the copy that ${hook} belongs to is damaged`);
  if (seen.node === 'fails' || seen.version === undefined)
    return problem(`${node} cannot run ${hook} with an empty environment, as a program with windows starts it`);
  if (locked !== undefined && isNewer(locked.version, seen.version))
    return problem(`the guard is kei-git ${seen.version}, and ${locked.file} says ${locked.version}`, `npm ci, then npx ${INSTALL}`);
  return isNewer(version, seen.version) ? problem(`the guard is kei-git ${seen.version}, and this is ${version}`) : undefined;
};

const programNote = ({ node, hook }: Started, { locked }: SeenWorktree, { program }: SeenHooks): readonly string[] => {
  const { version } = program(node, hook);
  if (version === undefined || locked === undefined || locked.version === version || isNewer(locked.version, version)) return [];
  return [`${locked.file} says kei-git ${locked.version}; the guard is ${version}`];
};

// ---- all of it ----------------------------------------------------------------------------------------------------------------------

const hooksNote = ({ settings: { hooksPaths }, beneath }: SeenWorktree): readonly string[] => {
  const asked = hooksPaths.findLast(({ ours }) => !ours);
  if (hooksPaths.at(-1)?.ours !== true || asked === undefined || beneath.kind !== 'absent') return [];
  return [
    `other hooks would come from ${beneath.path}, which is not there${isHusky(asked) ? ': husky is not installed in this worktree' : ''}`,
  ];
};

/** The same thing about several events is one thing. */
const joined = (problems: readonly Problem[]): readonly Problem[] => {
  const byWords = new Map<string, Problem>();
  for (const one of problems) byWords.set(one.words, { ...one, events: [...(byWords.get(one.words)?.events ?? []), ...one.events] });
  return [...byWords.values()];
};

const diagnoseWorktree = (worktree: SeenWorktree, seen: SeenHooks): WorktreeDiagnosis => {
  const judged = seen.events.map((event) => judge(worktree, event, seen));
  const guards = judged.flatMap(({ row }) => row.guard ?? []);
  return {
    path: worktree.path,
    rows: judged.map(({ row }) => row),
    problems: joined([
      ...judged.flatMap(({ row, problem: one }) => (one === undefined ? [] : { ...one, events: [row.event] })),
      ...guards.flatMap((guard) => programProblem(guard, worktree, seen) ?? []),
    ]),
    notes: [...new Set([...guards.flatMap((guard) => programNote(guard, worktree, seen)), ...hooksNote(worktree), ...worktree.settled])],
  };
};

/** What git really runs, and what is wrong with it. */
export const diagnose = (seen: SeenHooks): Diagnosis => ({
  worktrees: seen.worktrees.map((worktree) => diagnoseWorktree(worktree, seen)),
  problems: [
    ...seen.environment.map((name) => problem(`${name} leads git away from the repository's hooks in this shell`, `unset ${name}`)),
    ...seen.unreadable.map(({ path, reason }) => problem(`${path}: ${reason}`, 'look after it, or git worktree remove')),
  ],
});

/** Everything that is wrong. */
export const allProblems = ({ worktrees, problems }: Diagnosis): readonly Problem[] => [
  ...problems,
  ...worktrees.flatMap((worktree) => worktree.problems),
];
