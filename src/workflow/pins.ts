import type { CheckContext, Outcome, Snapshot, Target } from '../check.ts';
import { withIgnores } from '../config/exceptions.ts';
import { askAll, type Answer } from '../pins/ask.ts';
import { followAll, type Unseen } from '../pins/closure.ts';
import { createFindings, problemFindings } from '../pins/findings.ts';
import { judgeOne, type JudgeOptions } from '../pins/judge.ts';
import type { Remark } from '../pins/remark.ts';
import { pinsOf, showPin, type Pin } from '../pins/pin.ts';
import { forgesOf, ownerOf, type Forges } from '../pins/place.ts';
import type { Remotes, RemotesChoice } from '../remote.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import { count } from '../report/quantity.ts';
import { readUses } from '../uses/read.ts';
import type { Use } from '../uses/use.ts';
import { readPinFiles, type PinFile } from './pin-files.ts';
import { overviewOf } from './pin-overview.ts';

export interface PinsOptions {
  /** Ask no server, whatever the settings say. */
  readonly offline: boolean;
  /** Go on into composite actions and reusable workflows. */
  readonly follow: boolean;
  /** What was never asked about is told once, not for each repository. */
  readonly brief: boolean;
  /** More to say of a pin, before all else. */
  readonly more?: (pin: Pin, answer: Answer, remotes: Remotes) => Promise<readonly Remark[]>;
}

export interface PinsOutcome extends Outcome {
  readonly sources: readonly PinFile[];
}

/** A pin and the file whose finding it is. */
interface Item {
  readonly file: PinFile;
  readonly pin: Pin;
}

const UNANSWERED = new Set(['no-answer', 'auth-or-missing', 'host-refused']);

const hostIn = (url: string): string => {
  const [, scheme = '', host = ''] = /^(https?):\/\/(?:[^/@]*@)?([^/]+)/.exec(url) ?? [];
  return scheme === 'http' ? `http://${host}` : host;
};

/**
 * Who may be asked as the person, at any address: github.com, the forge of the environment, where the repository came from, and what settings name. Settings of a
 * repository that nobody vouches for name nobody: else a clone could send the person's credentials where it likes.
 */
export const choiceOf = async (context: CheckContext, offline: boolean): Promise<RemotesChoice> => {
  const { policy, env, ci } = context;
  const { workflow } = policy.config;
  const isOurs = ci || policy.vouched;
  const { forge, forgejo, gitea } = forgesOf(
    isOurs ? workflow : { ...workflow, forge: undefined, 'actions-url': undefined },
    env,
    undefined,
  );
  const origin = (await context.origin()) ?? '';
  const hosts = [forge, forgejo, gitea, 'https://github.com', origin.startsWith('https://') ? origin : ''].map(hostIn);
  return {
    hosts: [...new Set([...hosts, ...(isOurs ? workflow.hosts : [])])].filter((host) => host !== '').toSorted(),
    offline: offline || workflow.pins.offline,
    maxAgeMs: workflow.pins['max-age'],
  };
};

const forgesFor = async (files: readonly PinFile[], context: CheckContext): Promise<Forges> => {
  // Who owns the repository says something only of tags and branches.
  const asksOwner = files.some(({ counted }) => counted.some(({ ref }) => ref !== undefined && !/^[0-9a-f]{40}/i.test(ref)));
  const { workflow } = context.policy.config;
  return forgesOf(workflow, context.env, asksOwner ? ownerOf(context.env, await context.origin()) : undefined);
};

const markOf = ({ raw, comment }: Use): string => JSON.stringify([raw, comment?.text]);

/** Lines of the file before the change: an allow on one of them counts. */
const landedIn = async ({ path }: PinFile, landed: Pick<Snapshot, 'read'>): Promise<ReadonlySet<string>> => {
  const bytes = await landed.read(path);
  return new Set(bytes === undefined ? [] : readUses(bytes, path).uses.map(markOf));
};

/** Remarks about a repository as a whole are made at its first pin. */
const onceEach = (items: readonly Item[], remarks: readonly (readonly Remark[])[]): readonly (readonly Remark[])[] => {
  const counts = new Map<string, number>();
  const keyOf = ({ pin }: Item, { id }: Remark): string => `${id} ${pin.place.url}`;
  for (const [i, item] of items.entries())
    for (const remark of remarks[i] ?? [])
      if (remark.isOfRepository) counts.set(keyOf(item, remark), (counts.get(keyOf(item, remark)) ?? 0) + 1);
  const told = new Set<string>();
  return items.map((item, i) =>
    (remarks[i] ?? []).flatMap((remark): Remark[] => {
      if (remark.isOfRepository === undefined) return [remark];
      const key = keyOf(item, remark);
      if (told.has(key)) return [];
      told.add(key);
      const others = (counts.get(key) ?? 1) - 1;
      return [others === 0 ? remark : { ...remark, message: `${remark.message} (and ${count(others, 'other use')} of it)` }];
    }),
  );
};

const unseenRemark = ({ pin, kind, detail }: Unseen): Remark => {
  switch (kind) {
    case 'no-file':
      return { id: 'path-missing', severity: 'error', message: `${showPin(pin)} has no ${detail}` };
    case 'no-answer':
      return { id: 'no-answer', severity: 'note', message: `what ${showPin(pin)} runs could not be looked at: ${detail}` };
    case 'limit':
      return { id: 'no-answer', severity: 'note', message: `what ${showPin(pin)} runs was not followed further: ${detail}` };
  }
};

interface Judged {
  readonly item: Item;
  readonly answer: Answer;
  readonly remarks: readonly Remark[];
}

const SILENT: Answer = { advertised: { kind: 'silent', why: 'no-answer', detail: '' }, comment: { kind: 'silent' } };

/** One note for all that nobody ever asked about. */
const brief = (judged: readonly Judged[]): { readonly judged: readonly Judged[]; readonly note: Remark | undefined } => {
  const isUnknown = ({ id }: Remark): boolean => id === 'no-answer';
  const unknown = judged.filter(({ remarks }) => remarks.some(isUnknown));
  if (unknown.length === 0) return { judged, note: undefined };
  const repositories = new Set(unknown.map(({ item }) => item.pin.place.url)).size;
  const note: Remark = {
    id: 'no-answer',
    severity: 'note',
    message: `what ${count(repositories, 'repository', 'repositories')} have could not be looked at without the network`,
    hint: 'ask for it: kei-git workflow pins',
  };
  return { judged: judged.map((one) => ({ ...one, remarks: one.remarks.filter((remark) => !isUnknown(remark)) })), note };
};

const findingsIn = async (file: PinFile, judged: readonly Judged[], { landed }: CheckContext): Promise<readonly Finding[]> => {
  const there = landed === undefined ? undefined : await landedIn(file, landed);
  const make = createFindings(file, { allowCounts: ({ use, chain }) => there?.has(markOf(chain[0]?.use ?? use)) ?? true });
  const found = judged.flatMap(({ item, answer, remarks }) => (item.file === file ? make(item.pin, answer, remarks) : []));
  return [...problemFindings(file.path, file.problems), ...found];
};

/** A commit's findings of what the last one no longer has are only told. */
const settled = async (findings: readonly Finding[], file: PinFile, { after }: Target): Promise<readonly Finding[]> => {
  if (file.commit === undefined || findings.length === 0) return findings;
  const { commit } = file;
  const bytes = await after.read(file.path).catch(() => undefined);
  const last = new Set(bytes === undefined ? [] : readUses(bytes, file.path).uses.map(markOf));
  const own = new Map(file.uses.map((use) => [use.start, markOf(use)]));
  return findings.map((finding) => {
    const isThere = last.has(own.get(finding.start ?? -1) ?? '');
    const gone = { severity: 'note', message: `${finding.message} (gone again in a later commit)` } as const;
    return { ...finding, ...(isThere ? {} : gone), commit };
  });
};

const judgeAll = async (
  items: readonly Item[],
  answers: readonly Answer[],
  options: JudgeOptions,
  more: PinsOptions['more'],
  remotes: Remotes,
): Promise<readonly (readonly Remark[])[]> => {
  const all: (readonly Remark[])[] = [];
  for (const [i, { pin }] of items.entries()) {
    const answer = answers[i] ?? SILENT;
    const extra = more === undefined || pin.chain.length > 0 ? [] : await more(pin, answer, remotes);
    all.push([...extra, ...judgeOne(pin, answer, options)]);
  }
  return onceEach(items, all);
};

/** Looks at what a target is pinned to. */
export const lookAtPins = async (target: Target, options: PinsOptions, context: CheckContext): Promise<PinsOutcome> => {
  const { config } = context.policy;
  const { files, skipped, bytes } = await readPinFiles(target, context.signal);
  const forges = await forgesFor(files, context);
  const own = files.flatMap((file): Item[] => pinsOf(file.counted, file.path, forges).map((pin) => ({ file, pin })));
  const remotes = context.remotes(await choiceOf(context, options.offline));
  const { progress, signal } = context;
  const ask = async (pins: readonly Pin[]): Promise<readonly Answer[]> => {
    progress.start('asking repositories', pins.length);
    const answers = await askAll(pins, remotes, signal, () => progress.advance());
    progress.stop();
    return answers;
  };
  const ownPins = own.map(({ pin }) => pin);
  const ownAnswers = own.length === 0 ? [] : await ask(ownPins);
  const closure = options.follow && own.length > 0 ? await followAll(ownPins, ownAnswers, remotes, forges, ask) : undefined;
  const fileOf = new Map(own.map(({ file, pin }) => [pin.use, file]));
  const inner = (closure?.pins ?? []).flatMap((pin): Item[] => {
    const file = fileOf.get(pin.chain[0]?.use ?? pin.use);
    return file === undefined ? [] : [{ file, pin }];
  });
  const items = [...own, ...inner];
  const answers = [...ownAnswers, ...(closure?.answers ?? [])];
  const judging: JudgeOptions = { policy: config.workflow.policy, requireComment: config.workflow.pins['require-comment'] };
  const remarks = await judgeAll(items, answers, judging, options.more, remotes);
  const unseen = closure?.unseen ?? [];
  const judged = items.map((item, i): Judged => ({
    item,
    answer: answers[i] ?? SILENT,
    remarks: [...(remarks[i] ?? []), ...unseen.filter(({ pin }) => pin === item.pin).map(unseenRemark)],
  }));
  const strict = config.workflow.pins['strict-network'];
  const shortened = options.brief && !strict ? brief(judged) : { judged, note: undefined };
  const findings: Finding[] = [];
  for (const file of files) findings.push(...(await settled(await findingsIn(file, shortened.judged, context), file, target)));
  const { note } = shortened;
  return {
    findings: [
      ...findings.map((finding) => withIgnores(finding, context.policy, context.now())),
      ...(note === undefined ? [] : [wholeNote(note)]),
    ],
    skipped: [...skipped, ...(strict ? unanswered(judged) : [])],
    files: files.length,
    bytes,
    pins: items.length,
    overview: overviewOf(
      items.map(({ pin }) => pin),
      answers,
      context.now(),
    ),
    strict,
    sources: files,
  };
};

const wholeNote = ({ message, hint, severity, id }: Remark): Finding => ({
  rule: `workflow/${id}`,
  severity,
  message,
  ...(hint === undefined ? {} : { hint }),
  fingerprint: placeFingerprint(`workflow/${id}`, '', message, 0),
});

const unanswered = (judged: readonly Judged[]): readonly Skipped[] =>
  judged.flatMap(({ item, remarks }) =>
    remarks
      .filter(({ id }) => UNANSWERED.has(id))
      .map(({ message }): Skipped => ({ path: item.file.path, reason: message, kind: 'failed' })),
  );
