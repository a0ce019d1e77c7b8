import type { Finding } from '../report/finding.ts';
import { lineDigest, placeFingerprint } from '../report/fingerprint.ts';
import type { Rule, ReportMore, TextEdit } from './rule.ts';
import type { Span } from './tree.ts';
import type { WorkflowTree } from './workflow.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** From UTF-16 units of a text to lines, columns and bytes of the file. */
export interface Places {
  /** 1-based. */
  place(offset: number): Place;
  bytes(offset: number): number;
  /** Of a 1-based place; the end of the text where there is no such. */
  offset(place: Place): number;
  line(line: number): string;
}

export const placesOf = (text: string): Places => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const isAscii = Buffer.byteLength(text) === text.length;
  const indexOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    place: (offset) => {
      const index = indexOf(offset);
      return { line: index + 1, column: offset - (starts[index] ?? 0) + 1 };
    },
    bytes: (offset) => (isAscii ? offset : Buffer.byteLength(text.slice(0, offset))),
    offset: ({ line, column }) => Math.min(text.length, (starts[line - 1] ?? text.length) + column - 1),
    line: (line) => text.slice(starts[line - 1] ?? text.length, starts[line]).replace(/\r?\n$/, ''),
  };
};

/** What a finding of a rule at a place is, before it is known how often it occurs. */
interface Said extends ReportMore {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly where: Span;
}

const editsOf = (edits: readonly TextEdit[], places: Places): NonNullable<Finding['fix']>['edits'] =>
  edits.map(({ start, end, text }) => ({ start: places.bytes(start), end: places.bytes(end), text }));

/** Findings of one file, in order of place. What is said twice of one place by one rule, of an alias for example, is one finding. */
export const findingsOf = (said: readonly Said[], path: string, text: string): readonly Finding[] => {
  const places = placesOf(text);
  const seen = new Set<string>();
  const ordinals = new Map<string, number>();
  const findings: Finding[] = [];
  const inOrder = said.toSorted((a, b) => a.where.start - b.where.start || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
  for (const { rule, severity, message, where, hint, fix } of inOrder) {
    const key = `${rule}\0${where.start}\0${message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const from = places.place(where.start);
    const to = places.place(where.end);
    const line = lineDigest(places.line(from.line), message);
    const same = `${rule}\0${line}`;
    const ordinal = ordinals.get(same) ?? 0;
    ordinals.set(same, ordinal + 1);
    findings.push({
      rule,
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
      path,
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
      start: places.bytes(where.start),
      end: places.bytes(where.end),
      fingerprint: placeFingerprint(rule, path, line, ordinal),
      ...(fix === undefined ? {} : { fix: { title: fix.title, edits: editsOf(fix.edits, places) } }),
    });
  }
  return findings;
};

/** What the rules say of a file. */
export const lintWorkflow = (workflow: WorkflowTree, rules: readonly Rule[]): readonly Finding[] => {
  const said: Said[] = [];
  for (const { id, severity, kinds, check } of rules) {
    if (!kinds.includes(workflow.kind)) continue;
    check(workflow, (where, message, more = {}) => {
      said.push({ severity, ...more, rule: `workflow/${id}`, message, where });
    });
  }
  return findingsOf(said, workflow.path, workflow.tree.text);
};
