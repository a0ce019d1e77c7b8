import { lockFilesOf } from '../audit/lockfile.ts';
import type { Snapshot } from '../check.ts';
import { asText, at } from '../lint/nodes.ts';
import type { LintSettings } from '../lint/settings.ts';
import { readTree } from '../lint/tree.ts';
import { workflowOf, type Around, type LocalFile, type WorkflowTree } from '../lint/workflow.ts';
import { fileKind } from '../uses/files.ts';

type Source = Pick<Snapshot, 'read'>;

const UNKNOWN: LocalFile = { kind: 'unknown' };
const ACTION_FILES = ['action.yml', 'action.yaml', 'Dockerfile'];

/** `./a/b/`, `$/a/b` as a path of the repository. */
const pathOf = (reference: string): string =>
  reference
    .replace(/^(?:\.|\$)\/+/, '')
    .replace(/\/+$/, '')
    .replaceAll('/./', '/');
const isLocal = (reference: string): boolean => /^(?:\.|\$)\//.test(reference) && !reference.includes('${{');

const readLocal = async (reference: string, source: Source, settings: LintSettings): Promise<LocalFile> => {
  const path = pathOf(reference);
  const isWorkflow = /\.ya?ml$/.test(path);
  const looked = isWorkflow ? [path] : ACTION_FILES.map((name) => (path === '' ? name : `${path}/${name}`));
  for (const one of looked) {
    const bytes = await source.read(one);
    if (bytes === undefined) continue;
    if (one.endsWith('Dockerfile')) return UNKNOWN;
    const around: Around = { settings, local: () => UNKNOWN, exists: () => undefined };
    return { kind: 'found', file: workflowOf(one, isWorkflow ? 'workflow' : 'action', readTree(bytes), around) };
  }
  return { kind: 'absent', looked };
};

/** Files that an action says it is run by, as paths of the repository. */
const filesOfAction = ({ path, root }: Pick<WorkflowTree, 'path' | 'root'>): readonly string[] => {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return ['main', 'pre', 'post', 'image'].flatMap((key) => {
    const file = asText(at(root, 'runs', key))?.text;
    return file === undefined || file.includes('${{') || file.includes(':') ? [] : [folder + file.replace(/^\.\//, '')];
  });
};

/**
 * A workflow or action with what it refers to in the same tree of files, read beforehand. A file that does not lie where the forge looks for it says
 * nothing of what lies around it.
 */
export const withAround = async (
  bare: WorkflowTree,
  source: Source,
  settings: LintSettings,
  known: Map<string, Promise<LocalFile>>,
): Promise<WorkflowTree> => {
  if (fileKind(bare.path) === undefined) return bare;
  const references = [...bare.steps, ...bare.jobs].flatMap(({ uses }) => (uses !== undefined && isLocal(uses.text) ? [uses.text] : []));
  const files = new Map<string, LocalFile>();
  for (const reference of new Set(references)) {
    const answer = known.get(pathOf(reference)) ?? readLocal(reference, source, settings);
    known.set(pathOf(reference), answer);
    files.set(reference, await answer);
  }
  const there = new Map<string, boolean>();
  const asked = bare.kind === 'action' ? filesOfAction(bare) : lockFilesOf(bare);
  for (const path of asked) there.set(path, (await source.read(path)) !== undefined);
  return { ...bare, local: (reference) => files.get(reference) ?? UNKNOWN, exists: (path) => there.get(path) };
};
