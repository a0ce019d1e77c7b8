import type { Use } from '../uses/use.ts';
import { shown, type LockFault } from './fault.ts';
import { idOf, isObjectName } from './key.ts';
import { LOCK_PATH, type Listed, type Lock, type LockedWorkflow, type LockEntry } from './lock.ts';

/** A workflow or action of the repository, and what it refers to. */
export interface UsingFile {
  readonly path: string;
  readonly uses: readonly Use[];
  /** Not all of it could be read: that something is not used cannot be said then. */
  readonly isPartial: boolean;
}

const RELOCK = 'gh actions-lock';

/** The key a reference would have in the lock; undefined: it is none that a lock holds (local, an image, of another host, without a ref). */
export const keyIdOf = ({ kind, host, owner, repo, ref }: Use): string | undefined =>
  (kind === 'action' || kind === 'workflow') && host === undefined && owner !== undefined && repo !== undefined && ref !== undefined
    ? idOf(owner, repo, ref)
    : undefined;

const nameOf = ({ owner = '', repo = '', ref = '' }: Use): string => shown({ owner, repo, ref, id: '' });

/** Ids of entries that keys reach, themselves included. */
const reach = (from: readonly string[], byId: ReadonlyMap<string, LockEntry>): ReadonlySet<string> => {
  const reached = new Set(from);
  for (const id of reached) for (const { key } of byId.get(id)?.uses ?? []) reached.add(key.id);
  return reached;
};

/** What a workflow refers to, and the actions of its own repository that it runs, in turn. */
const usedBy = (file: UsingFile, actions: ReadonlyMap<string, UsingFile>): ReadonlySet<string> => {
  const files = new Set([file]);
  const ids = new Set<string>();
  for (const { uses } of files)
    for (const use of uses) {
      const id = keyIdOf(use);
      if (id !== undefined) ids.add(id);
      const action = use.kind === 'local' || use.kind === 'self' ? actions.get((use.subpath ?? '').replace(/\/$/, '')) : undefined;
      if (action !== undefined) files.add(action);
    }
  return ids;
};

/** Keys without an entry. */
const missingEntries = ({ workflows, entries, byId }: Lock): readonly LockFault[] => {
  const lists: readonly (readonly Listed[])[] = [...workflows.map(({ pins }) => pins), ...entries.map(({ uses }) => uses)];
  return lists.flat().flatMap(({ key, place }): readonly LockFault[] =>
    byId.has(key.id)
      ? []
      : [
          {
            rule: 'workflow/lock-missing-entry',
            message: `${shown(key)} has no entry in dependencies: what needs it does not run`,
            hint: `only the tool of the host can add one: ${RELOCK}`,
            place,
          },
        ],
  );
};

const orphans = ({ workflows, entries, byId }: Lock): readonly LockFault[] => {
  const reached = reach(
    workflows.flatMap(({ pins }) => pins.map(({ key }) => key.id)),
    byId,
  );
  return entries.flatMap(({ key, place }): readonly LockFault[] =>
    reached.has(key.id)
      ? []
      : [
          {
            rule: 'workflow/lock-orphan',
            message: `${shown(key)} is needed by no workflow`,
            hint: `take the entry out, or let the tool of the host do it: ${RELOCK}`,
            place,
          },
        ],
  );
};

/** References of a workflow that its list does not have. */
const uncovered = (file: UsingFile, { pins }: LockedWorkflow): readonly LockFault[] => {
  const listed = new Set(pins.map(({ key }) => key.id));
  const told = new Set<string>();
  return file.uses.flatMap((use): readonly LockFault[] => {
    const id = keyIdOf(use);
    if (id === undefined || listed.has(id) || told.has(id)) return [];
    told.add(id);
    const others = pins.filter(({ key }) => id.startsWith(`${key.owner}/${key.repo}@`.toLowerCase())).map(({ key }) => key.ref);
    // Locks of before October 2026 leave out workflows of others; those of an object name cannot move.
    if (use.kind === 'workflow' && isObjectName(use.ref ?? '')) return [];
    return [
      {
        rule: 'workflow/lock-uncovered',
        message: `${nameOf(use)} is not in the list of this workflow in ${LOCK_PATH}${others.length === 0 ? '' : `, which has ${others.map((ref) => (isObjectName(ref) ? ref.slice(0, 12) : ref)).join(', ')}`}`,
        hint: `lock it with the tool of the host: ${RELOCK}`,
        path: use.path,
        place: use,
      },
    ];
  });
};

const stale = (
  file: UsingFile,
  { pins }: LockedWorkflow,
  { byId }: Lock,
  actions: ReadonlyMap<string, UsingFile>,
): readonly LockFault[] => {
  const needed = reach([...usedBy(file, actions)], byId);
  return pins.flatMap(({ key, place }): readonly LockFault[] =>
    needed.has(key.id)
      ? []
      : [
          {
            rule: 'workflow/lock-stale',
            message: `${shown(key)} is listed, and ${file.path} does not use it`,
            hint: `let the tool of the host bring the list up to date: ${RELOCK}`,
            place,
          },
        ],
  );
};

const unlisted = (file: UsingFile): readonly LockFault[] => {
  const first = file.uses.find((use) => keyIdOf(use) !== undefined);
  if (first === undefined) return [];
  const message = `this workflow is not in ${LOCK_PATH}: it runs what its references point to at that time`;
  return [{ rule: 'workflow/lock-unlisted', message, hint: `${RELOCK} ${file.path}`, path: file.path, place: first }];
};

/** What of a lock does not hold together by itself. */
export const judgeEntries = (lock: Lock): readonly LockFault[] => [...missingEntries(lock), ...orphans(lock)];

const isLocked = (path: string): boolean => /^\.github\/workflows\/[^/]+\.ya?ml$/i.test(path);

/**
 * What of a lock and the workflows of its repository does not fit together.
 * @param files all workflows and actions of the repository, by their path from its root
 */
export const judgeCoverage = (lock: Lock, files: readonly UsingFile[]): readonly LockFault[] => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const actions = new Map(
    files.filter(({ path }) => /(?:^|\/)action\.ya?ml$/i.test(path)).map((file) => [file.path.replace(/\/?[^/]+$/, ''), file]),
  );
  const listed = new Set(lock.workflows.map(({ path }) => path));
  const ofLock = lock.workflows.flatMap((workflow): readonly LockFault[] => {
    const file = byPath.get(workflow.path);
    if (file === undefined)
      return [
        {
          rule: 'workflow/lock-no-workflow',
          message: `there is no ${workflow.path}`,
          hint: `take it out, or let the tool of the host do it: ${RELOCK}`,
          place: workflow.place,
        },
      ];
    return [...uncovered(file, workflow), ...(file.isPartial ? [] : stale(file, workflow, lock, actions))];
  });
  return [...ofLock, ...files.filter(({ path }) => isLocked(path) && !listed.has(path)).flatMap(unlisted)];
};
