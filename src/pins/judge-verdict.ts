import { printable } from '../report/printable.ts';
import type { Advertised, Silence } from '../remote.ts';
import type { Wanted } from './mend.ts';
import type { Pin } from './pin.ts';
import { bestTag, commitOf, isTag, releases, resolveMeant, shortName, tagsAt } from './refs.ts';
import { full, short, type Remark } from './remark.ts';
import type { Verdict } from './verdict.ts';

/** What is to be said where there is no answer. */
export const silence = ({ why, detail }: Silence, { place }: Pin): Remark => {
  const reason = printable(detail);
  switch (why) {
    case 'repository-missing':
      return {
        id: 'repository-missing',
        severity: 'error',
        message: `there is no repository ${place.name}`,
        hint: `nothing answers at ${place.url}: is the name right?`,
      };
    case 'auth-or-missing':
      return {
        id: 'auth-or-missing',
        severity: 'warning',
        message: `${place.name} is private, or there is none: the server wants to know who asks`,
        hint: `if it is yours, let git know how to log in at ${place.url}`,
        isOfRepository: true,
      };
    case 'refused':
      return {
        id: 'host-refused',
        severity: 'warning',
        message: `${place.name} was not asked for: ${reason}`,
        hint: 'to have it asked, name the host in hosts of [workflow], in your own settings or here; here it counts after kei-git trust, and in CI',
        isOfRepository: true,
      };
    case 'no-answer':
      return { id: 'no-answer', severity: 'note', message: `${place.name} could not be looked at: ${reason}`, isOfRepository: true };
  }
};

/** What a person most likely wants in the place of a commit that is wrong, and whether that is certain. */
const instead = (
  { use }: Pin,
  advertised: Advertised,
  verdict: Verdict,
): { readonly hint: string; readonly wanted?: Wanted } | undefined => {
  if (verdict.peeled !== undefined) {
    const tag = tagsAt(advertised, verdict.peeled)[0];
    return {
      hint: `${tag ?? 'the commit behind it'} is ${verdict.peeled}`,
      wanted: { commit: verdict.peeled, tag: use.comment?.version ?? tag },
    };
  }
  const version = use.comment?.version;
  const [meant] = version === undefined ? [] : resolveMeant(advertised, version, use.subpath);
  if (meant !== undefined) {
    const name = shortName(meant.ref);
    const tag = isTag(meant.ref) ? bestTag(advertised, meant.commit, name) : name;
    return { hint: `${tag} is ${meant.commit}`, wanted: { commit: meant.commit, tag: tag === name ? version : tag } };
  }
  const [newest] = releases(advertised);
  if (newest !== undefined) return { hint: `its newest tag ${full(newest)}` };
  const { defaultBranch } = advertised;
  const tip = defaultBranch === undefined ? undefined : advertised.refs.get(defaultBranch);
  return tip === undefined || defaultBranch === undefined
    ? undefined
    : { hint: `its branch ${full({ ref: defaultBranch, commit: commitOf(tip) })}` };
};

/** Whose head an object is, where the server tells: `, it is the head of pull request 7`. */
const whose = ({ others }: Advertised, oid: string): string => {
  const ref = [...others].find(([, tip]) => tip === oid)?.[0];
  if (ref === undefined) return ' (of a fork, a pull request, or what was pushed away)';
  const pull = /^refs\/(?:pull|merge-requests)\/(\d+)\//.exec(ref)?.[1];
  return pull === undefined ? ` (it is ${printable(ref)})` : ` (it is of pull request ${pull}, which anybody may open)`;
};

/** What is to be said of a full object name. */
export const ofVerdict = (pin: Pin, oid: string, verdict: Verdict, advertised: Advertised): readonly Remark[] => {
  const { name } = pin.place;
  const wrong = (id: string, message: string): readonly Remark[] => [
    { id, severity: 'error', message, ...instead(pin, advertised, verdict) },
  ];
  switch (verdict.kind) {
    case 'ok-tip':
    case 'ok-reachable':
      return [];
    case 'branch-only':
      return [
        {
          id: 'branch-only',
          severity: 'note',
          message: `${name} has ${short(oid)} only in ${verdict.refs.map(shortName).slice(0, 3).map(printable).join(', ')}: no tag and not its default branch`,
        },
      ];
    case 'tag-object':
      return wrong('tag-object', `${short(oid)} is not a commit of ${name} but the object of a tag`);
    case 'off-repository':
      return wrong('off-repository', `no branch or tag of ${name} has ${short(oid)}${whose(advertised, oid)}`);
    case 'not-a-commit':
      return wrong(
        'not-a-commit',
        `${short(oid)} of ${name} is no commit${verdict.detail === undefined ? '' : `: ${printable(verdict.detail)}`}`,
      );
    case 'missing':
      return wrong('missing', `${name} has no commit ${short(oid)}`);
    case 'repository-missing':
    case 'auth-or-missing':
    case 'no-answer':
      return [silence({ kind: 'silent', why: verdict.kind, detail: verdict.detail ?? 'no answer' }, pin)];
  }
};
