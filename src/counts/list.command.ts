import type { CheckContext, Snapshot } from '../check.ts';
import { choice, defineCommand, flag, type Answer } from '../command.ts';
import { Exit, type ExitCode } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { doors } from '../git/doors.ts';
import { permissionOf } from '../jobs/trusted.ts';
import { printable } from '../report/printable.ts';
import { countAll, type AllCounts } from './by-hand.ts';
import type { Counted } from './counted.ts';
import { readMarked, type MarkedFile } from './look.ts';
import { markerFiles } from './marker-files.ts';

interface Use {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

interface Row {
  readonly name: string;
  readonly counted: Counted;
  readonly uses: readonly Use[];
  /** Counters whose percentage is of it. */
  readonly totalOf: readonly string[];
}

const rowsOf = ({ counted, counts }: AllCounts, files: readonly MarkedFile[]): readonly Row[] => {
  const uses = new Map<string, Use[]>();
  for (const { path, read } of files)
    for (const { name, line, column } of read.markers) uses.set(name, [...(uses.get(name) ?? []), { path, line, column }]);
  return [...counted].map(([name, one]) => ({
    name,
    counted: one,
    uses: uses.get(name) ?? [],
    totalOf: Object.entries(counts).flatMap(([other, counter]) => (counter['of-total'] === name ? [other] : [])),
  }));
};

const MOST_USES = 8;

const usesLine = ({ uses, totalOf }: Row): string => {
  const places = uses.slice(0, MOST_USES).map(({ path, line }) => `${path}:${line}`);
  const more = uses.length > MOST_USES ? [`${uses.length - MOST_USES} more`] : [];
  const totals = totalOf.map((name) => `the total of ${name}`);
  return [...places, ...more, ...totals].join(', ') || 'no marker shows it';
};

const stateOf = (counted: Counted): readonly [value: string, about: string] => {
  if (counted.kind === 'value') return [counted.value, counted.derivation];
  const hint = counted.hint === undefined ? '' : ` (${counted.hint})`;
  return [counted.kind === 'broken' ? 'broken' : 'not told', `${counted.reason}${hint}`];
};

const textOf = (rows: readonly Row[]): string => {
  if (rows.length === 0) return 'no counters: kei.toml has no [counts.NAME]\n';
  const states = rows.map(({ counted }) => stateOf(counted));
  const names = Math.max(...rows.map(({ name }) => name.length));
  const values = Math.max(...states.map(([value]) => value.length));
  return rows
    .map((row, i) => {
      const [value = '', about = ''] = states[i] ?? [];
      return (
        printable(`${row.name.padEnd(names)}  ${value.padStart(values)}  ${about}`) +
        `\n${' '.repeat(names + values + 4)}${printable(usesLine(row))}\n`
      );
    })
    .join('');
};

const exitOf = (rows: readonly Row[]): ExitCode => {
  if (rows.some(({ counted }) => counted.kind === 'broken')) return Exit.usage;
  return rows.some(({ counted }) => counted.kind === 'unknown' && counted.isChosen !== true) ? Exit.failed : Exit.clean;
};

const shown = ({ name, counted, uses }: Row): object =>
  counted.kind === 'value'
    ? { name, value: counted.value, derivation: counted.derivation, uses }
    : { name, value: null, [counted.kind === 'broken' ? 'broken' : 'untold']: counted.reason, uses };

const list = async (after: Snapshot, context: CheckContext, mayRun: boolean): Promise<Answer> => {
  const all = await countAll(after, context, mayRun);
  const { files } = await readMarked(markerFiles(await after.list(), all.markers), after, context);
  const rows = rowsOf(all, files);
  // A broken one with its place.
  const note = all.told.findings.map(({ path = '', line, column, message, hint }) => {
    const advice = hint === undefined ? '' : `\n  hint: ${printable(hint)}`;
    return `${printable(`${path}:${line ?? 1}:${column ?? 1}: ${message}`)}${advice}\n`;
  });
  return { kind: 'answer', text: textOf(rows), note: note.join(''), value: { counters: rows.map(shown) }, exitCode: exitOf(rows) };
};

export const command = defineCommand({
  args: {},
  options: {
    staged: flag('compute from what is staged'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Prints every counter of kei.toml: its value, what that was computed from, and where markers show it. Exit code 2: the source of one is broken; ' +
    '3: one cannot be told here, in a shallow clone for example.',
  examples: [
    { command: 'kei-git counts list', does: 'shows what every counter stands at' },
    { command: 'kei-git counts list --format json', does: 'shows it for a program' },
  ],
  run: async ({ options }, context) => {
    const { staged } = options;
    const opened = await openGate({ paths: [], staged, all: !staged }, context.ci ? 'ci' : 'check', {}, context, doors);
    try {
      const inside = opened.views[0].context;
      const { trusted } = inside.policy;
      const mayRun = permissionOf({ trusted, ci: context.ci, byHand: true, env: context.env }).kind === 'granted';
      return await list(opened.target.after, inside, mayRun);
    } finally {
      await opened.close();
    }
  },
});
