// @ts-check
// A first and a second scan, and other scanners beside ours.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { emptied } from './files.mjs';
import { repository, subset } from './inputs.mjs';
import { kei, milliseconds, NOTHING, of, ratio } from './ours.mjs';
import { termFiles } from './terms.mjs';

/** @typedef {import('./inputs.mjs').Tree} Tree */
/** @typedef {import('./peers.mjs').Peer} Peer */
/** @typedef {import('./ours.mjs').Bench} Bench */
/** @typedef {import('./ours.mjs').Line} Line */
/** @typedef {import('./ours.mjs').Figure} Figure */

const OURS = 'kei-git';

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
 * Ten thousand terms beside all built-in rules, in clear and hashed, and ripgrep.
 * @param {Bench} bench
 * @param {string} name of the tree
 * @param {Tree} tree
 * @param {Peer | undefined} ripgrep
 * @returns {Promise<readonly Line[]>}
 */
export const scanWithTerms = async (bench, name, { folder, bytes }, ripgrep) => {
  const { plain, hashed } = await termFiles(bench);
  const scan = (/** @type {string} */ rules) =>
    kei(bench, ['leak', 'scan', '--jobs', '1', '--no-cache', '--format', 'json', '--rules', rules, folder]);
  const programs = [
    { name: 'plain', ...scan(plain) },
    { name: 'hashed', ...scan(hashed) },
  ];
  const runs = await bench.meter.interleave(
    [...(ripgrep === undefined ? [] : [{ name: ripgrep.name, ...ripgrep.scan(folder) }]), ...programs],
    3,
  );
  const their = ripgrep === undefined ? undefined : of(runs, ripgrep.name);
  return programs.map((program) => {
    const our = of(runs, program.name);
    const note = `${looked(our.text ?? '{}', bytes)}${their === undefined ? ', ripgrep is missing' : ''}`;
    return {
      id: 'B6',
      what: `scan with 10,000 ${program.name} terms, ${name}`,
      bound: 'at least',
      budget: program.name === 'plain' ? 0.3 : 0.1,
      unit: '× ripgrep',
      ...(their === undefined ? {} : { measured: ratio(their.cpu, our.cpu) }),
      note,
    };
  });
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
  // Files that were added in the second in which they were written are compared anew each time, by git as by us, until git has noted their times: `git status` does.
  await bench.meter.once({ name: 'git status', command: ['git', 'update-index', '-q', '--refresh'], cwd });
  await bench.meter.once(scan);
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
