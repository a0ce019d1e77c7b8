// @ts-check

/** @typedef {import('./ours.mjs').Line} Line */
/** @typedef {import('./ours.mjs').Figure} Figure */
/** @typedef {{ readonly name: string, readonly tree: import('./inputs.mjs').Tree }} Named */

/** @param {readonly (readonly string[])[]} rows the first one being the head */
const aligned = (rows) => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** @param {number} number @param {string} unit */
const amount = (number, unit) => `${number.toFixed(unit.startsWith('×') && number < 10 ? 2 : 0)} ${unit}`;

/** @param {Line} line */
const isMet = ({ bound, budget, measured }) =>
  measured === undefined ? undefined : bound === 'at most' ? measured <= budget : measured >= budget;

/** @param {Line} line */
const verdict = (line) =>
  ({ true: 'ok', false: line.bound === 'at most' ? 'OVER' : 'UNDER', undefined: 'not measured' })[String(isMet(line))] ?? '';

/** @param {readonly Line[]} lines */
export const budgetTable = (lines) =>
  aligned([
    ['id', 'what', 'budget', 'measured', '', 'note'],
    ...lines.map((line) => [
      line.id,
      line.what,
      `${line.bound === 'at most' ? '≤' : '≥'} ${line.budget} ${line.unit}`,
      line.measured === undefined ? '' : amount(line.measured, line.unit),
      verdict(line),
      line.note ?? '',
    ]),
  ]);

/** @param {Figure} figure */
const speed = ({ megabytes, run }) => megabytes / Math.max(run.cpu, 0.001);

/** @param {readonly Figure[]} figures @param {string} version ours */
export const speedTable = (figures, version) =>
  aligned([
    ['tree', 'program', 'version', 'MB', 'CPU s', 'MB per CPU s', 'peak MiB', 'note'],
    ...figures.map((figure) => [
      figure.tree,
      figure.program,
      figure.version || version,
      figure.megabytes.toFixed(1),
      figure.run.cpu.toFixed(2),
      `${figure.run.stopped ? '< ' : ''}${speed(figure).toFixed(speed(figure) < 10 ? 2 : 0)}`,
      figure.run.peakMiB?.toFixed(0) ?? '',
      figure.note ?? '',
    ]),
  ]);

/** @typedef {import('./hooks.mjs').Commit} Commit */

/** @param {readonly Commit[]} commits */
export const commitTable = (commits) =>
  aligned([
    ['git commit with', 'version', 'CPU ms', 'wall ms', 'programs'],
    ...commits.map(({ program, version, cpuSeconds, wallSeconds, execs }) => [
      program,
      version,
      (cpuSeconds * 1000).toFixed(0),
      (wallSeconds * 1000).toFixed(0),
      execs === undefined ? '' : String(execs),
    ]),
  ]);

/** @param {readonly Named[]} trees */
export const inputList = (trees) =>
  trees
    .map(({ name, tree }) => `${name}: ${(tree.bytes / 1e6).toFixed(1)} MB in ${tree.files} files of ${tree.versions.join(', ')}`)
    .join('\n');

/** Four digits are more than such a figure is worth. @param {number} number */
const short = (number) => Number(number.toPrecision(4));

/** @param {readonly Line[]} lines */
const budgetsOf = (lines) =>
  lines.map((line) => ({ ...line, ...(line.measured === undefined ? {} : { measured: short(line.measured), met: isMet(line) }) }));

/**
 * What was measured of hooks; it stands by itself, since it takes a minute and the rest a quarter of an hour.
 * @param {object} all
 * @param {string} all.version
 * @param {object} all.machine
 * @param {readonly Line[]} all.lines
 * @param {readonly Commit[]} all.commits
 * @param {readonly string[]} all.missing
 */
export const hookResults = ({ version, machine, lines, commits, missing }) => ({
  command: 'npm run bench hooks',
  date: new Date().toISOString().slice(0, 10),
  version,
  machine,
  missing,
  budgets: budgetsOf(lines),
  commits: commits.map((one) => ({ ...one, cpuSeconds: short(one.cpuSeconds), wallSeconds: short(one.wallSeconds) })),
});

/**
 * @param {object} all
 * @param {string} all.version
 * @param {object} all.machine
 * @param {readonly Named[]} all.trees
 * @param {readonly Line[]} all.lines
 * @param {readonly Figure[]} all.figures
 * @param {readonly string[]} all.missing
 */
export const resultsOf = ({ version, machine, trees, lines, figures, missing }) => ({
  schema: 'kei-git/bench/1',
  command: 'npm run bench',
  date: new Date().toISOString().slice(0, 10),
  version,
  machine,
  inputs: trees.map(({ name, tree: { versions, files, bytes } }) => ({ name, versions, files, bytes })),
  missing,
  budgets: budgetsOf(lines),
  figures: figures.map((figure) => ({
    tree: figure.tree,
    program: figure.program,
    version: figure.version || version,
    megabytes: short(figure.megabytes),
    cpuSeconds: short(figure.run.cpu),
    wallSeconds: short(figure.run.wall),
    megabytesPerCpuSecond: short(speed(figure)),
    ...(figure.run.peakMiB === undefined ? {} : { peakMiB: short(figure.run.peakMiB) }),
    ...(figure.run.stopped ? { stopped: true } : {}),
    ...(figure.note === undefined ? {} : { note: figure.note }),
  })),
});
