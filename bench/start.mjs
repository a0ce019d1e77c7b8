// @ts-check
// What is paid before the first byte is looked at: starting, and compiling the rules of a user.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptied } from './files.mjs';
import { generatedRules } from './generated-rules.mjs';
import { kei, milliseconds, NOTHING, of, ratio, tiny } from './ours.mjs';

/** @typedef {import('./measure.mjs').Run} Run */
/** @typedef {import('./ours.mjs').Bench} Bench */
/** @typedef {import('./ours.mjs').Line} Line */

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
