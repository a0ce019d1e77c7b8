import { InterruptedError } from '../errors.ts';
import type { Advertised, Reaching, Remotes, Silence } from '../remote.ts';
import { judgeComment, type CommentTruth } from './comment.ts';
import type { Pin } from './pin.ts';
import { resolveName } from './refs.ts';
import { judgePin, type Verdict } from './verdict.ts';

/** What the pin's repository says. */
export interface Answer {
  readonly advertised: Advertised | Silence;
  /** Of a full object name. */
  readonly verdict?: Verdict;
  /** The commit that is meant: the pin itself, or what its tag or branch points to. */
  readonly commit?: string;
  readonly comment: CommentTruth;
}

const PARALLEL = 16;

const FOUND = new Set(['ok-tip', 'ok-reachable', 'branch-only']);
const SILENT: CommentTruth = { kind: 'silent' };
/** What only an answer of now may say: a tag may have come since. */
const DENIALS = new Set(['moved', 'false', 'unknown']);

const reachingOf = async (pin: Pin, oid: string, verdict: Verdict, remotes: Remotes): Promise<Reaching | Silence> =>
  verdict.kind === 'ok-reachable' || verdict.kind === 'branch-only'
    ? { kind: 'reaching', refs: verdict.refs, askedAt: verdict.askedAt ?? new Date(0) }
    : remotes.reaching(pin.place.url, oid);

const commentIn = async (pin: Pin, oid: string, verdict: Verdict, advertised: Advertised, remotes: Remotes): Promise<CommentTruth> => {
  const version = pin.use.comment?.version;
  if (version === undefined || !FOUND.has(verdict.kind)) return SILENT;
  const first = judgeComment(version, oid, pin.use.subpath, advertised, undefined);
  if (first.kind !== 'open') return first;
  const reaching = await reachingOf(pin, oid, verdict, remotes);
  return reaching.kind === 'silent' ? first : judgeComment(version, oid, pin.use.subpath, advertised, reaching.refs);
};

const ofSha = async (pin: Pin, oid: string, remotes: Remotes): Promise<Answer> => {
  const { url } = pin.place;
  const advertised = await remotes.advertised(url);
  if (advertised.kind === 'silent' && advertised.why !== 'no-answer') return { advertised, comment: SILENT };
  const verdict = await judgePin(remotes, url, oid);
  if (advertised.kind === 'silent') return { advertised, verdict, comment: SILENT };
  const commit = FOUND.has(verdict.kind) ? oid : verdict.peeled;
  const early = await commentIn(pin, oid, verdict, advertised, remotes);
  const answer = { verdict, ...(commit === undefined ? {} : { commit }) };
  if (FOUND.has(verdict.kind) && !DENIALS.has(early.kind)) return { ...answer, advertised, comment: early };
  const fresh = await remotes.advertised(url, 'fresh');
  if (fresh.kind === 'silent') return { ...answer, advertised, comment: early };
  return { ...answer, advertised: fresh, comment: await commentIn(pin, oid, verdict, fresh, remotes) };
};

const ofName = async ({ place: { url } }: Pin, name: string, remotes: Remotes): Promise<Answer> => {
  const kept = await remotes.advertised(url);
  const isKnown = kept.kind === 'silent' || resolveName(kept, name).length > 0;
  const fresh = isKnown ? kept : await remotes.advertised(url, 'fresh');
  const [meant] = fresh.kind === 'silent' ? [] : resolveName(fresh, name);
  return { advertised: fresh, comment: SILENT, ...(meant === undefined ? {} : { commit: meant.commit }) };
};

/** Asks a pin's repository what it needs to be judged by. */
const askOne = (pin: Pin, remotes: Remotes): Promise<Answer> =>
  pin.ref.kind === 'sha' ? ofSha(pin, pin.ref.oid, remotes) : ofName(pin, pin.use.ref ?? '', remotes);

/** Pins of one key have one answer. */
const keyOf = ({ place, use }: Pin): string => JSON.stringify([place.url, use.ref, use.comment?.version, use.subpath]);

/** Asks for all pins, several at once; answers in the order of the pins. @param onDone after each pin */
export const askAll = async (
  pins: readonly Pin[],
  remotes: Remotes,
  signal: AbortSignal,
  onDone: () => void,
): Promise<readonly Answer[]> => {
  const known = new Map<string, Promise<Answer>>();
  const answers: Answer[] = [];
  const todo = pins.entries();
  const work = async (): Promise<void> => {
    for (const [i, pin] of todo) {
      if (signal.aborted) throw new InterruptedError('interrupted');
      const answer = known.get(keyOf(pin)) ?? askOne(pin, remotes);
      known.set(keyOf(pin), answer);
      answers[i] = await answer;
      onDone();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return answers;
};
