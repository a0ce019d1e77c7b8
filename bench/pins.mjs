// @ts-check
// Pins of a large repository: 500 uses of 31 repositories, on a server that answers 100 ms later than it could.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../scripts/run.mjs';
import { emptied } from './files.mjs';
import { kei, of } from './ours.mjs';

/** @typedef {import('./ours.mjs').Bench} Bench */
/** @typedef {import('./ours.mjs').Line} Line */
/** @typedef {{ readonly name: string, readonly tips: readonly string[], readonly older: readonly string[] }} Upstream */

const REPOSITORIES = 31;
const USES = 500;
const DISTINCT = 36; // as astral-sh/uv has them: most uses repeat one
const COMMITS = 120;
const LATENCY_MS = 100;

/** A history as `git fast-import` reads it: each third commit has a tag. @param {string} name */
const history = (name) => {
  const lines = [];
  for (let at = 1; at <= COMMITS; at += 1) {
    const text = `name: ${name} ${at}\nruns:\n  using: node24\n  main: dist/index.js\n`;
    const message = `release ${at}\n`;
    lines.push(
      'commit refs/heads/main',
      `mark :${at}`,
      `committer A U Thor <author@example.com> ${1_700_000_000 + at * 3600} +0000`,
      `data ${message.length}`,
      message,
      'M 100644 inline action.yml',
      `data ${text.length}`,
      text,
    );
    if (at % 3 === 0) lines.push(`reset refs/tags/v1.${at}.0`, `from :${at}`, '');
  }
  return lines.join('\n');
};

/** @param {readonly string[]} args @param {string} [input] @returns {Promise<string>} */
const git = async (args, input) => {
  const child = spawn('git', [...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', GIT_CONFIG_NOSYSTEM: '1' },
  });
  let out = '';
  child.stdout.on('data', (piece) => (out += piece));
  child.stdin.on('error', () => {}).end(input ?? '');
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`git ${args[0]} failed`);
  return out;
};

/** @param {string} cache @returns {Promise<{ readonly root: string, readonly upstreams: readonly Upstream[] }>} */
const makeUpstreams = async (cache) => {
  const root = join(cache, 'upstreams');
  const names = Array.from({ length: REPOSITORIES }, (_, at) => `owner${at}/action${at}`);
  if (!existsSync(root)) {
    const making = emptied(join(cache, 'upstreams.making'));
    for (const name of names) {
      const folder = join(making, `${name}.git`);
      await git(['init', '--quiet', '--bare', '--initial-branch=main', folder]);
      await git([`--git-dir=${folder}`, 'fast-import', '--quiet'], history(name));
      await git(['-C', folder, 'repack', '-adq']);
    }
    renameSync(making, root);
  }
  const upstreams = [];
  for (const name of names) {
    const folder = join(root, `${name}.git`);
    const tips = (await git([`--git-dir=${folder}`, 'for-each-ref', '--format=%(objectname) %(refname:short)', 'refs/tags']))
      .trim()
      .split('\n');
    const all = (await git([`--git-dir=${folder}`, 'rev-list', 'main'])).trim().split('\n');
    const tagged = new Set(tips.map((line) => line.slice(0, 40)));
    upstreams.push({ name, tips, older: all.slice(1).filter((oid) => !tagged.has(oid)) });
  }
  return { root, upstreams };
};

/** A repository whose workflows use them. @param {string} folder @param {readonly Upstream[]} upstreams @param {boolean} older one use of each is of a commit without a tag */
const makeUser = async (folder, upstreams, older) => {
  emptied(folder);
  mkdirSync(join(folder, '.github', 'workflows'), { recursive: true });
  const uses = Array.from({ length: USES }, (_, at) => {
    const upstream = upstreams[at % upstreams.length];
    if (upstream === undefined) return '';
    if (older && at < upstreams.length) return `      - uses: ${upstream.name}@${upstream.older[3] ?? ''}`;
    const [oid = '', tag = ''] = (upstream.tips[at < DISTINCT && at >= upstreams.length ? 1 : 0] ?? '').split(' ');
    return `      - uses: ${upstream.name}@${oid} # ${tag}`;
  });
  for (let file = 0; file * 20 < USES; file += 1) {
    const steps = uses.slice(file * 20, file * 20 + 20).join('\n');
    const text = `name: w${file}\non: push\npermissions: {}\njobs:\n  all:\n    runs-on: ubuntu-24.04\n    steps:\n${steps}\n`;
    writeFileSync(join(folder, '.github', 'workflows', `w${file}.yml`), text);
  }
  await git(['init', '--quiet', '--initial-branch=main', folder]);
  await git(['-C', folder, 'add', '.']);
  return folder;
};

/** @param {string} text what `--format json` printed */
const looked = (text) => {
  const { findings, skipped } = JSON.parse(text);
  return `${findings.length} findings, ${skipped.length} skipped`;
};

/** @param {Bench} bench @param {(env: Readonly<Record<string, string>>) => import('./measure.mjs').Meter} meterWith @returns {Promise<readonly Line[]>} */
export const pins = async (bench, meterWith) => {
  if ((await run('git', ['http-backend', '-h']).catch(() => ({ code: 127 }))).code === 127) throw new Error('git http-backend is missing');
  const { root, upstreams } = await makeUpstreams(bench.cache);
  const server = spawn(process.execPath, [join(import.meta.dirname, 'pins-server.mjs'), root, String(LATENCY_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [said] = await once(server.stdout, 'data');
    const base = `http://127.0.0.1:${String(said).trim()}/`;
    const meter = meterWith({
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.${base}.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/',
    });
    const requests = async () => Number(await (await fetch(`${base}count`)).text());
    /** @type {Line[]} */
    const lines = [];
    const cases = [
      { what: 'all tips', older: false, budget: 3000 },
      { what: 'one older in each', older: true, budget: 6000 },
    ];
    for (const { what, older, budget } of cases) {
      const cwd = await makeUser(join(bench.cache, older ? 'user-older' : 'user-tips'), upstreams, older);
      const program = { ...kei(bench, ['workflow', 'pins', '--no-follow', '--format', 'json']), cwd };
      const before = () => void rmSync(join(bench.personal, 'cache'), { recursive: true, force: true });
      const cold = of(await meter.interleave([{ name: 'cold', ...program, before }], bench.quick ? 1 : 3), 'cold');
      await requests();
      before();
      await meter.once({ name: 'counted', ...program });
      const asked = await requests();
      const warm = of(await meter.interleave([{ name: 'warm', ...program }], bench.quick ? 3 : 7), 'warm');
      const note = `${asked} requests, ${(cold.cpu * 1000).toFixed(0)} ms of CPU; ${looked(cold.text ?? '{}')}`;
      lines.push(
        { id: 'B10', what: `pins, cold, ${what}`, bound: 'at most', budget, unit: 'ms', measured: cold.wall * 1000, note },
        {
          id: 'B10',
          what: `pins, warm, ${what}`,
          bound: 'at most',
          budget: 1000,
          unit: 'ms',
          measured: warm.wall * 1000,
          note: `${(warm.cpu * 1000).toFixed(0)} ms of CPU; ${looked(warm.text ?? '{}')}`,
        },
        {
          id: 'B10',
          what: `requests for each repository, ${what}`,
          bound: 'at most',
          budget: older ? 4 : 2,
          unit: 'requests',
          measured: asked / REPOSITORIES,
          note: 'a list of refs takes two, a fetch two',
        },
      );
    }
    return lines;
  } finally {
    server.kill();
  }
};
