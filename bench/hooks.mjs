// @ts-check
// What a commit pays for hooks, ours and others', all in one run.
import { join } from 'node:path';
import { commitsOf, execsOf, managers } from './commits.mjs';
import { milliseconds, NOTHING, of, ratio } from './ours.mjs';

/** @typedef {import('./measure.mjs').Run} Run */
/** @typedef {import('./ours.mjs').Bench} Bench */
/** @typedef {import('./ours.mjs').Line} Line */
/** @typedef {{ readonly program: string, readonly version: string, readonly cpuSeconds: number, readonly wallSeconds: number, readonly execs?: number }} Commit */

const OURS = 'kei-git';
const PEERS = ['husky + lint-staged', 'husky + npx lint-staged'];

/**
 * @param {Bench} bench
 * @param {NodeJS.ProcessEnv} env of every program
 * @param {string} version ours
 * @returns {Promise<{ readonly lines: readonly Line[], readonly commits: readonly Commit[], readonly missing: readonly string[] }>}
 */
export const hooks = async ({ cache, quick, meter, bin, tell }, env, version) => {
  const { all, missing } = managers(env, bin, version);
  for (const text of missing) tell(text);
  const repositories = new Map(all.map((manager) => [manager.name, { manager, ...commitsOf(cache, manager, env) }]));
  const ours = repositories.get(OURS);
  if (ours === undefined) throw new Error('nothing of ours to measure');
  const file = (/** @type {string} */ event) => join(ours.folder, '.git', 'hooks', event);
  const inHook = ['env', 'GIT_INDEX_FILE=.git/index', 'GIT_PREFIX=', 'GIT_EDITOR=:'];
  const message = join('.git', 'COMMIT_EDITMSG');
  const own = [
    NOTHING,
    { name: 'not asked', command: [process.execPath, join(bin, '..', 'hook.cjs'), 'post-index-change'], cwd: ours.folder },
    { name: 'pre-commit', command: [...inHook, file('pre-commit')], cwd: ours.folder, before: ours.stage },
    { name: 'commit-msg', command: [...inHook, file('commit-msg'), message], cwd: ours.folder, before: ours.stage },
  ];
  const commits = [...repositories].map(([name, { folder, stage }]) => ({
    name: `commit, ${name}`,
    command: ['git', 'commit', '--quiet', '-m', 'a change of one file'],
    cwd: folder,
    before: stage,
  }));
  const runs = await meter.interleave([...own, ...commits], quick ? 5 : 25);
  const base = of(runs, NOTHING.name);
  /** @param {string} name @param {string} than */
  const times = (name, than) => ratio(of(runs, name).cpu, of(runs, than).cpu);
  /** @param {string} name @param {string} than */
  const note = (name, than) => {
    const [one, other] = [of(runs, name), of(runs, than)];
    return `${milliseconds(one.cpu)} to ${milliseconds(other.cpu)} of CPU; wall ${ratio(one.wall, other.wall).toFixed(2)} ×`;
  };
  ours.stage();
  const execs = execsOf(ours.folder, [...inHook, file('pre-commit')], env);
  const most = /** @type {const} */ ('at most');
  const started = execs === undefined ? { note: 'strace is missing' } : { measured: execs - 1 }; // less `env`
  const peers = PEERS.filter((name) => repositories.has(name));
  /** @type {Line[]} */
  const lines = [
    {
      id: 'B1',
      what: 'a hook for an event nobody asked for',
      bound: most,
      budget: 1.15,
      unit: '× node -e 0',
      measured: times('not asked', NOTHING.name),
      note: note('not asked', NOTHING.name),
    },
    {
      id: 'B5',
      what: 'pre-commit, one staged file',
      bound: most,
      budget: 2,
      unit: '× node -e 0',
      measured: times('pre-commit', NOTHING.name),
      note: note('pre-commit', NOTHING.name),
    },
    {
      id: 'B5',
      what: 'commit-msg',
      bound: most,
      budget: 2,
      unit: '× node -e 0',
      measured: times('commit-msg', NOTHING.name),
      note: note('commit-msg', NOTHING.name),
    },
    { id: 'B5', what: 'programs that pre-commit starts', bound: most, budget: 4, unit: 'programs', ...started },
    ...peers.map((peer) => ({
      id: 'B5',
      what: `git commit, beside ${peer}`,
      bound: most,
      budget: 0.35,
      unit: '×',
      measured: times(`commit, ${OURS}`, `commit, ${peer}`),
      note: note(`commit, ${OURS}`, `commit, ${peer}`),
    })),
  ];
  tell(`node -e 0 takes ${milliseconds(base.cpu)} of CPU`);
  const figures = [...repositories].map(([name, { manager, folder, stage }]) => {
    const run = of(runs, `commit, ${name}`);
    stage();
    const count = execsOf(folder, ['git', 'commit', '--quiet', '-m', 'counted'], env);
    return {
      program: name,
      version: manager.version,
      cpuSeconds: run.cpu,
      wallSeconds: run.wall,
      ...(count === undefined ? {} : { execs: count }),
    };
  });
  return { lines, commits: figures, missing };
};
