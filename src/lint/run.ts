import type { Finding } from '../report/finding.ts';
import { lineDigest, placeFingerprint } from '../report/fingerprint.ts';
import { marksIn, type Mark } from '../uses/marks.ts';
import { withoutEchoes } from './echoes.ts';
import { isZizmorName } from './other-names.ts';
import type { Rule, ReportMore, TextEdit } from './rule.ts';
import type { Span, Tree } from './tree.ts';
import type { WorkflowTree } from './workflow.ts';

/** What a finding of a rule at a place is, before it is known how often it occurs. */
interface Said extends ReportMore {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly where: Span;
}

const editsOf = (edits: readonly TextEdit[], { offsets }: Tree): NonNullable<Finding['fix']>['edits'] =>
  edits.map(({ start, end, text }) => ({ start: offsets.byteOf(start), end: offsets.byteOf(end), text }));

/** The line of an offset, without its end. */
export const lineText = ({ text, offsets }: Tree, offset: number): string => {
  const start = offset - offsets.spotOf(offset).column + 1;
  return text.slice(start, offsets.lineEnd(start));
};

/** Lines of a file before the change that is judged: a mark on a line that was not there does nothing. undefined: each counts. */
export type LandedLines = ReadonlySet<string> | undefined;

/** Marks by line: those at its end, and those alone on the line above. */
const marksByLine = (tree: Tree, landed: LandedLines): ReadonlyMap<number, readonly Mark[]> => {
  const { text, offsets, comments } = tree;
  const found = new Map<number, Mark[]>();
  for (const { start, end } of comments) {
    const marks = marksIn(text.slice(start, end));
    if (marks.length === 0 || landed?.has(lineText(tree, start).trim()) === false) continue;
    const { line, column } = offsets.spotOf(start);
    const isAlone = text.slice(start - column + 1, start).trim() === '';
    for (const covered of isAlone ? [line, line + 1] : [line]) found.set(covered, [...(found.get(covered) ?? []), ...marks]);
  }
  return found;
};

/** Why a finding may stay, where a mark on its line says so of its rule. */
const allowedBy = (rule: string, marks: readonly Mark[] | undefined): string | undefined => {
  const id = rule.replace('workflow/', '');
  for (const mark of marks ?? []) {
    if (mark.tool === 'kei' && mark.reason !== '' && (mark.rule === id || mark.rule === rule)) return `kei:allow: ${mark.reason}`;
    if (mark.tool === 'zizmor' && mark.rules.some((name) => isZizmorName(name, id)))
      return `zizmor: ignore${mark.reason === '' ? '' : `: ${mark.reason}`}`;
  }
  return undefined;
};

/** Findings of one file, in order of place. What is said twice of one place by one rule, of an alias for example, is one finding. */
const findingsOf = (said: readonly Said[], path: string, tree: Tree, landed: LandedLines): readonly Finding[] => {
  const { offsets } = tree;
  const marks = marksByLine(tree, landed);
  const seen = new Set<string>();
  const ordinals = new Map<string, number>();
  const findings: Finding[] = [];
  const inOrder = withoutEchoes(said).toSorted((a, b) => a.where.start - b.where.start || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
  const isSaidBetter = ({ unless, where }: Said): boolean =>
    unless !== undefined &&
    said.some((other) => other.rule.startsWith(`workflow/${unless}`) && lineNumber(other.where.start) === lineNumber(where.start));
  const lineNumber = (offset: number): number => offsets.spotOf(offset).line;
  for (const one of inOrder) {
    const { rule, severity, message, where, hint, fix } = one;
    const key = `${rule}\0${where.start}\0${message}`;
    if (seen.has(key) || isSaidBetter(one)) continue;
    seen.add(key);
    const { line, column } = offsets.spotOf(where.start);
    const to = offsets.spotOf(where.end);
    const digest = lineDigest(lineText(tree, where.start), message);
    const ordinal = ordinals.get(`${rule}\0${digest}`) ?? 0;
    ordinals.set(`${rule}\0${digest}`, ordinal + 1);
    const allowed = allowedBy(rule, marks.get(line));
    findings.push({
      rule,
      severity: allowed === undefined ? severity : 'note',
      message,
      ...(hint === undefined || allowed !== undefined ? {} : { hint }),
      path,
      line,
      column,
      endLine: to.line,
      endColumn: to.column,
      start: offsets.byteOf(where.start),
      end: offsets.byteOf(where.end),
      fingerprint: placeFingerprint(rule, path, digest, ordinal),
      ...(fix === undefined || allowed !== undefined ? {} : { fix: { title: fix.title, edits: editsOf(fix.edits, tree) } }),
      ...(allowed === undefined ? {} : { extra: { allowed } }),
    });
  }
  return findings;
};

/** What the rules say of a file. */
export const lintWorkflow = (workflow: WorkflowTree, rules: readonly Rule[], landed?: LandedLines): readonly Finding[] => {
  const said: Said[] = [];
  for (const { id, severity, kinds, check } of rules) {
    if (!kinds.includes(workflow.kind)) continue;
    check(workflow, (where, message, more = {}) => {
      said.push({ severity, ...more, rule: `workflow/${id}`, message, where });
    });
  }
  return findingsOf(said, workflow.path, workflow.tree, landed);
};
