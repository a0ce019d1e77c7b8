import type { Severity } from '../report/finding.ts';
import type { Span } from './tree.ts';
import type { WorkflowTree } from './workflow.ts';

/** One replacement of UTF-16 units of the text. */
export interface TextEdit extends Span {
  readonly text: string;
}

export interface ReportMore {
  /** What to do or type about it. */
  readonly hint?: string;
  /** Where this one is graver or milder than its rule. */
  readonly severity?: Severity;
  /** How rules are called that say it better: where one of them speaks of the same line, this is not said. */
  readonly unless?: string;
  /** Only where the file means the same afterwards, or what its author meant beyond doubt. */
  readonly fix?: { readonly title: string; readonly edits: readonly TextEdit[] };
}

/** Says that something stands there. The message is lower case, without a full stop, and shows no value that could be a secret. */
export type Report = (where: Span, message: string, more?: ReportMore) => void;

/**
 * A rule of `workflow lint`. Its page, with a bad and a good example that tests run, is the section of its id in docs/workflow-lint.md or
 * docs/workflow-lint-structure.md.
 */
export interface Rule {
  /** Without its room: `needs-cycle` is reported as `workflow/needs-cycle`. Never renamed. */
  readonly id: string;
  readonly severity: Severity;
  /** What is wrong where it speaks, in one line. */
  readonly summary: string;
  readonly kinds: readonly WorkflowTree['kind'][];
  readonly check: (workflow: WorkflowTree, report: Report) => void;
}

export const WORKFLOW: Rule['kinds'] = ['workflow'];
export const ACTION: Rule['kinds'] = ['action'];
export const BOTH: Rule['kinds'] = ['workflow', 'action'];
