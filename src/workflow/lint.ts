import type { Entry, Outcome, Snapshot, Target } from '../check.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { lintWorkflow } from '../lint/run.ts';
import type { LintSettings } from '../lint/settings.ts';
import { MAX_BYTES, readTree, type Tree } from '../lint/tree.ts';
import { workflowOf, type LocalFile, type WorkflowTree } from '../lint/workflow.ts';
import type { Rule } from '../lint/rule.ts';

const WORKFLOW = /^\.(?:github|forgejo|gitea)\/workflows\/[^/]+\.ya?ml$/;
const ACTION = /(?:^|\/)action\.ya?ml$/;
/** Pathspecs of what `isLinted` is true for. */
export const LINTED = [
  '.github/workflows/*.yml',
  '.github/workflows/*.yaml',
  '.forgejo/workflows/*.yml',
  '.forgejo/workflows/*.yaml',
  '.gitea/workflows/*.yml',
  '.gitea/workflows/*.yaml',
  'action.yml',
  'action.yaml',
  '**/action.yml',
  '**/action.yaml',
];
export const isLinted = (path: string): boolean => WORKFLOW.test(path) || ACTION.test(path);

export interface LintOptions {
  readonly rules: readonly Rule[];
  readonly settings: LintSettings;
  /** Files that are linted whatever they are called. */
  readonly named?: readonly string[];
}

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const failedTree = (message: string): Tree => ({ text: '', root: undefined, problems: [{ start: 0, end: 0, message }], unusedAnchors: [] });

const treeOf = (bytes: Uint8Array): Tree => {
  if (bytes.length > MAX_BYTES) return failedTree(`larger than ${MAX_BYTES / 2 ** 20} MB`);
  const text = decode(bytes);
  return text === undefined ? failedTree('not UTF-8') : readTree(text);
};

const isAction = (path: string, tree: Tree): boolean =>
  !WORKFLOW.test(path) &&
  (ACTION.test(path) ||
    (tree.root?.kind === 'map' &&
      tree.root.entries.some(({ key }) => key.text === 'runs') &&
      !tree.root.entries.some(({ key }) => key.text === 'jobs')));

const wantedOf = async ({ after, changes, paths }: Target, named: readonly string[]): Promise<readonly Entry[]> => {
  const entries = await after.list(
    paths !== undefined && paths.length > 0 ? paths : changes === undefined && after.kind !== 'directory' ? LINTED : undefined,
  );
  const touched = changes === undefined ? undefined : new Set(changes.filter(({ status }) => status !== 'deleted').map(({ path }) => path));
  return entries.filter(({ path }) => (touched === undefined || touched.has(path)) && (isLinted(path) || named.includes(path)));
};

/** Looks at workflows and actions with the rules. What cannot be read is in `skipped`. */
export const lintTarget = async (target: Target, { rules, settings, named = [] }: LintOptions): Promise<Outcome> => {
  const entries = await wantedOf(target, named);
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  let bytes = 0;
  let files = 0;
  for await (const [{ path }, content] of target.after.readMany(entries)) {
    if (content.kind === 'skipped') {
      skipped.push(content.skipped);
      continue;
    }
    files++;
    bytes += content.bytes.length;
    const tree = treeOf(content.bytes);
    const around = await localFiles(path, tree, target.after, settings);
    findings.push(...lintWorkflow(workflowOf(path, isAction(path, tree) ? 'action' : 'workflow', tree, around), rules));
  }
  return { findings, skipped, files, bytes };
};

const UNKNOWN: LocalFile = { kind: 'unknown' };

const localFiles = async (
  _path: string,
  _tree: Tree,
  _after: Snapshot,
  settings: LintSettings,
): Promise<Pick<WorkflowTree, 'settings' | 'local' | 'exists'>> => ({ settings, local: () => UNKNOWN, exists: () => undefined });
