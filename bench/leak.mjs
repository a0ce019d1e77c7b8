// @ts-check
// The budgets of DESIGN.md that concern leaks: start-up, a first and a second scan, users' rules, memory; other scanners beside ours.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptied } from './files.mjs';
import { generatedRules } from './generated-rules.mjs';
import { repository, subset } from './inputs.mjs';

/** @typedef {import('./inputs.mjs').Tree} Tree */
/** @typedef {import('./measure.mjs').Run} Run */
/** @typedef {import('./peers.mjs').Peer} Peer */
/**
 * @typedef {object} Bench
 * @property {string} cache
 * @property {boolean} quick
 * @property {import('./measure.mjs').Meter} meter
 * @property {string} bin the program
 * @property {string} personal the folder of the person's settings and caches
 * @property {(text: string) => void} tell
 */
/**
 * @typedef {object} Line of the table of budgets
 * @property {string} id
 * @property {string} what
 * @property {'at most' | 'at least'} bound
 * @property {number} budget
 * @property {string} unit
 * @property {number} [measured] not there: it could not be measured
 * @property {string} [note]
 */
/**
 * @typedef {object} Figure
 * @property {string} program
 * @property {string} version
 * @property {string} tree
 * @property {number} megabytes
 * @property {Run} run
 * @property {string} [note]
 */

const OURS = 'kei-git';
const FOUND_OR_NOT = [0, 1];
const NOTHING = { name: 'node -e 0', command: [process.execPath, '-e', '0'] };

/** @param {Bench} bench @param {readonly string[]} args */
const kei = ({ bin }, args) => ({ command: [process.execPath, bin, ...args], accept: FOUND_OR_NOT });

/** @param {Map<string, Run>} runs @param {string} name */
const of = (runs, name) => {
  const run = runs.get(name);
  if (run === undefined) throw new Error(`nothing was measured of ${name}`);
  return run;
};

/** @param {number} part @param {number} whole */
const ratio = (part, whole) => part / Math.max(whole, 0.001); // the clock's step

/** A folder with one small file. @param {Bench} bench */
const tiny = ({ cache }) => {
  const folder = join(cache, 'tiny');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a.js'), "export const answer = 42;\nconsole.log('hello');\n");
  return folder;
};

/** @param {Bench} bench @returns {Promise<readonly Line[]>} */
export const startUp = async (bench) => {
  const scan = ['leak', 'scan', '--jobs', '1', '--no-cache', '--format', 'json', tiny(bench)];
  const programs = [NOTHING, { name: 'version', ...kei(bench, ['--version']) }, { name: 'scan', ...kei(bench, scan) }];
  const runs = await bench.meter.interleave(programs, bench.quick ? 7 : 21);
  const base = of(runs, NOTHING.name);
  /** @param {string} name */
  const note = (name) =>
    `${milliseconds(of(runs, name).cpu)} to ${milliseconds(base.cpu)} of CPU; wall ${ratio(of(runs, name).wall, base.wall).toFixed(2)} ×`;
  return [
    {
      id: 'B2',
      what: '--version',
      bound: 'at most',
      budget: 1.3,
      unit: '× node -e 0',
      measured: ratio(of(runs, 'version').cpu, base.cpu),
      note: note('version'),
    },
    {
      id: 'B4',
      what: 'scan of one small file',
      bound: 'at most',
      budget: 1.4,
      unit: '× node -e 0',
      measured: ratio(of(runs, 'scan').cpu, base.cpu),
      note: note('scan'),
    },
  ];
};

/** What a report says of what was not looked at. @param {string} report @param {number} bytes of the tree */
const looked = (report, bytes) => {
  const { findings, skipped, stats } = JSON.parse(report);
  const share = stats.bytes / bytes;
  return `${findings.length} findings, ${skipped.length} skipped${share < 0.99 ? `, ONLY ${(share * 100).toFixed(0)} % OF THE BYTES READ` : ''}`;
};

/**
 * ripgrep and ours, on one core.
 * @param {Bench} bench
 * @param {string} name of the tree
 * @param {Tree} tree
 * @param {Peer | undefined} ripgrep
 * @returns {Promise<{ readonly lines: readonly Line[], readonly figures: readonly Figure[] }>}
 */
export const scanTree = async (bench, name, { folder, bytes }, ripgrep) => {
  const ours = { name: OURS, ...kei(bench, ['leak', 'scan', '--jobs', '1', '--no-cache', '--format', 'json', folder]) };
  const runs = await bench.meter.interleave([...(ripgrep === undefined ? [] : [{ name: ripgrep.name, ...ripgrep.scan(folder) }]), ours], 3);
  const our = of(runs, OURS);
  const their = ripgrep === undefined ? undefined : of(runs, ripgrep.name);
  const megabytes = bytes / 1e6;
  const note = looked(our.text ?? '{}', bytes);
  const goal = their === undefined ? 'ripgrep is missing' : `next goal 1; ${note}`;
  /** @type {readonly Line[]} */
  const lines = [
    {
      id: 'B6',
      what: `scan, ${name}`,
      bound: 'at least',
      budget: 0.3,
      unit: '× ripgrep',
      ...(their === undefined ? {} : { measured: ratio(their.cpu, our.cpu) }),
      note: goal,
    },
    {
      id: 'B9',
      what: `memory, ${name}`,
      bound: 'at most',
      budget: 250,
      unit: 'MiB',
      ...(our.peakMiB === undefined ? { note: 'there is no /proc' } : { measured: our.peakMiB }),
    },
  ];
  const theirs =
    ripgrep === undefined || their === undefined
      ? []
      : [{ program: ripgrep.name, version: ripgrep.version, tree: name, megabytes, run: their }];
  return { lines, figures: [...theirs, { program: OURS, version: '', tree: name, megabytes, run: our, note }] };
};

/**
 * Those that take minutes, on a part of the trees, and ours on the same.
 * @param {Bench} bench
 * @param {readonly Tree[]} trees
 * @param {readonly Peer[]} peers
 * @returns {Promise<{ readonly lines: readonly Line[], readonly figures: readonly Figure[] }>}
 */
export const besideSlowOnes = async (bench, trees, peers) => {
  const small = await subset(bench.cache, trees, bench.quick ? 2e6 : 64e6);
  const megabytes = small.bytes / 1e6;
  const ours = await bench.meter.interleave(
    [{ name: OURS, ...kei(bench, ['leak', 'scan', '--jobs', '1', '--no-cache', '--format', 'json', small.folder]) }],
    3,
  );
  const our = of(ours, OURS);
  /** @type {Figure[]} */
  const figures = [{ program: OURS, version: '', tree: 'part of both', megabytes, run: our, note: looked(our.text ?? '{}', small.bytes) }];
  for (const peer of peers) {
    bench.tell(`${peer.name}: ${megabytes.toFixed(0)} MB, once`);
    try {
      const run = await bench.meter.once(
        { name: peer.name, ...peer.scan(small.folder) },
        { watch: true, limitSeconds: bench.quick ? 20 : 900 },
      );
      const said = peer.name.startsWith('naive') ? run.text?.trim() : undefined;
      const note = run.stopped ? 'STOPPED, IT TOOK TOO LONG: its speed is less than this' : said;
      figures.push({
        program: peer.name,
        version: peer.version,
        tree: 'part of both',
        megabytes,
        run,
        ...(note === undefined ? {} : { note }),
      });
    } catch (error) {
      bench.tell(`${peer.name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const gitleaks = figures.find(({ program }) => program.startsWith('gitleaks'));
  const note = gitleaks === undefined ? 'gitleaks is missing' : bench.quick ? 'mostly start-up: a part this small says little' : undefined;
  const measured = gitleaks === undefined ? {} : { measured: ratio(gitleaks.run.cpu, our.cpu) };
  return {
    lines: [
      {
        id: 'WASM',
        what: 'scan, beside gitleaks as WebAssembly',
        bound: 'at least',
        budget: 100,
        unit: '× its speed',
        ...measured,
        ...(note === undefined ? {} : { note }),
      },
    ],
    figures,
  };
};

/** @param {Bench} bench @param {Tree} tree @returns {Promise<readonly Line[]>} */
export const secondScan = async (bench, tree) => {
  const { folder: cwd } = await repository(bench.cache, tree);
  emptied(bench.personal);
  rmSync(join(cwd, '.git', 'kei'), { recursive: true, force: true });
  const scan = { name: 'scan', ...kei(bench, ['leak', 'scan', '--all', '--format', 'json']), cwd };
  const first = await bench.meter.once(scan, { watch: true });
  const list = { name: 'git ls-files -s', command: ['git', 'ls-files', '-s'], cwd };
  const differ = { name: 'git diff-files', command: ['git', 'diff-files'], cwd };
  const runs = await bench.meter.interleave([NOTHING, list, differ, scan], bench.quick ? 3 : 7);
  const second = of(runs, 'scan');
  const parts = [NOTHING, list, differ].map(({ name }) => of(runs, name).cpu);
  const sum = parts.reduce((a, b) => a + b, 0);
  const read =
    second.readBytes === undefined ? '' : `; it read ${(second.readBytes / 1e6).toFixed(1)} of ${(tree.bytes / 1e6).toFixed(0)} MB`;
  const note = `${milliseconds(second.cpu)} to ${parts.map(milliseconds).join(' + ')}; the first: ${milliseconds(first.cpu)}${read}`;
  return [
    {
      id: 'B7',
      what: 'second scan of an unchanged tree',
      bound: 'at most',
      budget: 1.5,
      unit: '× its parts',
      measured: ratio(second.cpu, sum),
      note,
    },
  ];
};

/**
 * 300 rules in a process that has no cache, less what one rule costs there.
 * @param {Bench} bench
 * @returns {Promise<readonly Line[]>}
 */
export const userRules = async (bench) => {
  const folder = tiny(bench);
  const [one, many] = [1, 300].map((count) => {
    const file = join(bench.cache, `generated-${count}.toml`);
    writeFileSync(file, generatedRules(count));
    return file;
  });
  const args = ['leak', 'scan', '--jobs', '1', '--no-cache', '--format', 'json', '--rules'];
  const before = () => void emptied(bench.personal);
  /** @param {string} name @param {readonly (string | undefined)[]} more */
  const scan = (name, more) => ({ name, ...kei(bench, [...args, ...more.filter((word) => word !== undefined), folder]) });
  const alone = ['--no-builtin'];
  const rounds = bench.quick ? 3 : 7;
  const fresh = [scan('one', [one, ...alone]), scan('many', [many, ...alone]), scan('one and ours', [one]), scan('many and ours', [many])];
  const runs = await bench.meter.interleave(
    fresh.map((program) => ({ ...program, before })),
    rounds,
  );
  emptied(bench.personal);
  const kept = await bench.meter.interleave([scan('one', [one, ...alone]), scan('many', [many, ...alone])], rounds);
  /** @param {Map<string, Run>} from @param {string} less @param {string} more */
  const extra = (from, less, more) => (of(from, more).cpu - of(from, less).cpu) * 1000;
  const note = `of CPU, more than for one rule; from the cache ${extra(kept, 'one', 'many').toFixed(0)} ms; beside the built-in ones ${extra(runs, 'one and ours', 'many and ours').toFixed(0)} ms`;
  return [
    { id: 'B8', what: "300 users' rules compiled", bound: 'at most', budget: 150, unit: 'ms', measured: extra(runs, 'one', 'many'), note },
  ];
};

/** @param {number} seconds */
const milliseconds = (seconds) => `${(seconds * 1000).toFixed(0)} ms`;
