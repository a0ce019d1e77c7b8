import type { Remotes } from '../remote.ts';
import { readUses } from '../uses/read.ts';
import type { Use } from '../uses/use.ts';
import type { Answer } from './ask.ts';
import { pinsOf, showPin, type Link, type Pin } from './pin.ts';
import type { Forges } from './place.ts';

/** How far other people's actions are followed. GitHub itself runs actions in actions ten deep. */
const FOLLOWED = { depth: 10, files: 500 } as const;

/** A file of a repository elsewhere that a pin makes run. */
interface Step {
  readonly pin: Pin;
  readonly commit: string;
  /** Where it may be, the first that is there counts. */
  readonly paths: readonly string[];
  readonly chain: readonly Link[];
}

/** What of the closure could not be seen. */
export interface Unseen {
  readonly pin: Pin;
  readonly kind: 'no-file' | 'no-answer' | 'limit';
  readonly detail: string;
}

export interface Closure {
  readonly pins: readonly Pin[];
  readonly answers: readonly Answer[];
  readonly unseen: readonly Unseen[];
  /** Files that were read. */
  readonly files: number;
}

const inFolder = (folder: string | undefined, name: string): string => (folder === undefined || folder === '' ? name : `${folder}/${name}`);

/** A Dockerfile alone is an action too. */
const actionPaths = (folder: string | undefined): readonly string[] =>
  ['action.yml', 'action.yaml', 'Dockerfile'].map((name) => inFolder(folder, name));

const stepOf = (pin: Pin, { commit, verdict }: Answer): Step | undefined => {
  const isProven = verdict === undefined || verdict.kind === 'ok-tip' || verdict.kind === 'ok-reachable' || verdict.kind === 'branch-only';
  if (commit === undefined || !isProven || pin.use.kind === 'hook') return undefined;
  const paths = pin.use.kind === 'workflow' ? [pin.use.subpath ?? ''] : actionPaths(pin.use.subpath);
  return { pin, commit, paths, chain: [...pin.chain, { use: pin.use, name: showPin(pin) }] };
};

/** What a file of the same repository and commit is: `$/path` always, `./path` only where it is a workflow, since actions of that kind come from the caller's checkout. */
const besideOf = ({ kind, subpath }: Use, step: Step): Step | undefined => {
  const isWorkflow = subpath !== undefined && /\.ya?ml$/.test(subpath);
  if (kind !== 'self' && !(kind === 'local' && isWorkflow)) return undefined;
  return { ...step, paths: isWorkflow ? [subpath] : actionPaths(subpath) };
};

interface Read {
  readonly step: Step;
  readonly pins: readonly Pin[];
  readonly beside: readonly Step[];
  readonly unseen: readonly Unseen[];
}

const readStep = async (step: Step, remotes: Remotes, forges: Forges): Promise<Read> => {
  const { pin, commit, paths, chain } = step;
  const nothing = { step, pins: [], beside: [] };
  for (const path of paths) {
    const file = await remotes.read(pin.place.url, commit, path);
    if (file.kind === 'silent') return { ...nothing, unseen: [{ pin, kind: 'no-answer', detail: file.detail }] };
    if (file.bytes === undefined) continue;
    const { uses } = path.endsWith('Dockerfile') ? { uses: [] } : readUses(file.bytes, path);
    const from = chain[0]?.use.path ?? '';
    return { step, pins: pinsOf(uses, from, forges, chain), beside: uses.flatMap((use) => besideOf(use, step) ?? []), unseen: [] };
  }
  return { ...nothing, unseen: [{ pin, kind: 'no-file', detail: paths[0] ?? '' }] };
};

const keyOf = ({ pin, commit, paths }: Step): string => `${pin.place.url}\0${commit}\0${paths[0] ?? ''}`;

/**
 * Follows composite actions and reusable workflows into the repositories they come from, level by level; each file is read once.
 * @param ask answers for pins that are met, in their order
 */
export const followAll = async (
  pins: readonly Pin[],
  answers: readonly Answer[],
  remotes: Remotes,
  forges: Forges,
  ask: (pins: readonly Pin[]) => Promise<readonly Answer[]>,
): Promise<Closure> => {
  const seen = new Set<string>();
  const met: Pin[] = [];
  const heard: Answer[] = [];
  const unseen: Unseen[] = [];
  let files = 0;
  const fresh = (steps: readonly (Step | undefined)[]): Step[] =>
    steps.flatMap((step) => {
      if (step === undefined || seen.has(keyOf(step))) return [];
      seen.add(keyOf(step));
      return [step];
    });
  let level = fresh(pins.map((pin, i) => (answers[i] === undefined ? undefined : stepOf(pin, answers[i]))));
  for (let depth = 0; level.length > 0; depth++) {
    const left = level.slice(depth < FOLLOWED.depth ? Math.max(0, FOLLOWED.files - files) : 0);
    unseen.push(
      ...left.map(({ pin }): Unseen => ({ pin, kind: 'limit', detail: `more than ${FOLLOWED.depth} deep or ${FOLLOWED.files} files` })),
    );
    const now = level.slice(0, level.length - left.length);
    const read = await Promise.all(now.map((step) => readStep(step, remotes, forges)));
    files += now.length;
    const next = read.flatMap(({ pins: inner }) => inner);
    const nextAnswers = await ask(next);
    met.push(...next);
    heard.push(...nextAnswers);
    unseen.push(...read.flatMap((one) => one.unseen));
    const beside = read.flatMap((one) => one.beside);
    level = fresh([...beside, ...next.map((pin, i) => (nextAnswers[i] === undefined ? undefined : stepOf(pin, nextAnswers[i])))]);
  }
  return { pins: met, answers: heard, unseen, files };
};
