import type { Entry, Outcome, Snapshot, Target } from '../check.ts';
import { InterruptedError } from '../errors.ts';
import type { Progress } from '../command.ts';
import { actionlintFindings, passedOn, type Actionlint } from '../lint/actionlint.ts';
import { lintWorkflow, type LandedLines } from '../lint/run.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintSettings } from '../lint/settings.ts';
import { readTree, type Tree } from '../lint/tree.ts';
import { workflowOf, type LocalFile, type WorkflowTree } from '../lint/workflow.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { FILE_GLOBS, fileKind } from '../uses/files.ts';
import { withAround } from './around.ts';

export interface LintOptions {
  readonly rules: readonly Rule[];
  readonly settings: LintSettings;
  /** Files that are linted whatever they are called. */
  readonly named?: readonly string[];
  /** Files before the change; undefined: there is none, and each mark counts. */
  readonly landed: Pick<Snapshot, 'read'> | undefined;
  /** Asked too; undefined: our own rules are all. */
  readonly actionlint?: Actionlint | undefined;
  /** Words of messages of actionlint that are not passed on. */
  readonly mute?: readonly string[];
  /** What exceptions make of a finding. */
  readonly letStay: (finding: Finding) => Finding;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const LINK = 0o120000;

export const isLinted = (path: string): boolean => {
  const kind = fileKind(path);
  return kind === 'workflow' || kind === 'action';
};

/** An action has `runs` where a workflow has `jobs`. */
const kindOf = (path: string, { root }: Tree): WorkflowTree['kind'] => {
  const known = fileKind(path);
  if (known === 'workflow' || known === 'action') return known;
  const keys = root?.kind === 'map' ? root.entries.map(({ key }) => key.text) : [];
  return keys.includes('runs') && !keys.includes('jobs') ? 'action' : 'workflow';
};

const wantedOf = async ({ after, changes, paths }: Target, named: readonly string[]): Promise<readonly Entry[]> => {
  const isWhole = paths === undefined || paths.length === 0;
  const entries = await after.list(isWhole && after.kind !== 'directory' ? FILE_GLOBS : paths);
  const touched = changes && new Set(changes.filter(({ status }) => status !== 'deleted').map(({ path }) => path));
  const isInstalled = (path: string): boolean => after.kind === 'directory' && path.includes('node_modules/');
  return entries.filter(
    ({ path, mode }) =>
      mode !== LINK && (touched === undefined || touched.has(path)) && ((isLinted(path) && !isInstalled(path)) || named.includes(path)),
  );
};

const linesBefore = async (path: string, landed: LintOptions['landed']): Promise<LandedLines> => {
  if (landed === undefined) return undefined;
  const bytes = await landed.read(path);
  return new Set((bytes === undefined ? '' : Buffer.from(bytes).toString('utf8')).split('\n').map((line) => line.trim()));
};

/** What actionlint says of a workflow beside what is found already. It knows actions only as what workflows use. */
const asked = async (
  { path, kind, tree }: WorkflowTree,
  bytes: Uint8Array,
  own: readonly Finding[],
  { actionlint, mute = [] }: LintOptions,
): Promise<Pick<Outcome, 'findings' | 'skipped'>> => {
  if (actionlint === undefined || kind !== 'workflow') return { findings: [], skipped: [] };
  const { version } = actionlint;
  const answer = await actionlint.judge(path, bytes);
  if (answer.kind === 'failed') return { findings: [], skipped: [{ path, reason: answer.reason, kind: 'failed' }] };
  return { findings: actionlintFindings(passedOn(answer.findings, { version, own, mute }), path, tree, version), skipped: [] };
};

const UNKNOWN: LocalFile = { kind: 'unknown' };

/** Looks at workflows and actions with the rules. What cannot be read is in `skipped`. @throws {InterruptedError} */
export const lintTarget = async (target: Target, options: LintOptions): Promise<Outcome> => {
  const { rules, settings, named = [], landed, progress, signal } = options;
  const entries = await wantedOf(target, named);
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  const known = new Map<string, Promise<LocalFile>>();
  let bytes = 0;
  let files = 0;
  progress.start('judging workflows', entries.length);
  for await (const [{ path }, content] of target.after.readMany(entries, signal)) {
    progress.advance();
    if (content.kind === 'skipped') {
      skipped.push({ ...content.skipped, path });
      continue;
    }
    files++;
    bytes += content.bytes.length;
    const tree = readTree(content.bytes);
    const bare = workflowOf(path, kindOf(path, tree), tree, { settings, local: () => UNKNOWN, exists: () => undefined });
    const workflow = await withAround(bare, target.after, settings, known);
    const own = lintWorkflow(workflow, rules, await linesBefore(path, landed));
    const more = await asked(workflow, content.bytes, own, options);
    findings.push(...[...own, ...more.findings].map(options.letStay));
    skipped.push(...more.skipped);
  }
  progress.stop();
  if (signal.aborted) throw new InterruptedError('interrupted');
  return { findings, skipped, files, bytes };
};
