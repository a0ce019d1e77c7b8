import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import { allProblems, type Diagnosis, type Problem, type WorktreeDiagnosis } from './diagnosis.ts';

/** Says paths from here. */
type Short = (text: string) => string;

const problemText = ({ words, remedy, events }: Problem, of: number, short: Short): string => {
  const where = events.length === 0 || events.length === of ? '' : ` (${events.join(', ')})`;
  return `  WRONG: ${printable(short(words))}${where}\n    ${printable(remedy)}\n`;
};

const bodyOf = ({ rows, problems, notes }: WorktreeDiagnosis, short: Short): string => {
  const width = Math.max(0, ...rows.map(({ event }) => event.length));
  const guards = new Set(rows.flatMap(({ guard }) => (guard === undefined ? [] : `${guard.node} ${guard.hook}`)));
  return [
    ...rows.map(({ event, runs }) => `  ${event.padEnd(width)}  ${printable(short(runs))}\n`),
    ...[...guards].map((guard) => `  the guard is ${printable(guard)}\n`),
    ...problems.map((one) => problemText(one, rows.length, short)),
    ...notes.map((note) => `  ${printable(short(note))}\n`),
  ].join('');
};

/** What git runs, worktree by worktree; one that is as another is told in a line. @param from paths inside it are told from there */
export const diagnosisText = (diagnosis: Diagnosis, from: string): string => {
  const short: Short = (text) => text.replaceAll(`${from}/`, '');
  const told = new Map<string, string>();
  const parts = diagnosis.worktrees.map((worktree) => {
    const body = bodyOf(worktree, short);
    const same = told.get(body);
    if (same !== undefined) return `${printable(worktree.path)}: as ${printable(same)}\n`;
    told.set(body, worktree.path);
    return `${printable(worktree.path)}\n${body}`;
  });
  const wrong = allProblems(diagnosis).length;
  const end =
    wrong === 0 ? 'Nothing is wrong.\n' : `${count(wrong, 'thing is', 'things are')} wrong. What install can mend: kei-git doctor --fix\n`;
  return `${parts.join('')}${diagnosis.problems.map((one) => problemText(one, 0, short)).join('')}${end}`;
};

/** The same for a program. */
export const diagnosisValue = (diagnosis: Diagnosis): unknown => ({
  ok: allProblems(diagnosis).length === 0,
  worktrees: diagnosis.worktrees.map(({ path, rows, problems, notes }) => ({
    path,
    events: rows.map(({ event, runs, guard }) => ({ event, runs, guard: guard ?? null })),
    problems,
    notes,
  })),
  problems: diagnosis.problems,
});
