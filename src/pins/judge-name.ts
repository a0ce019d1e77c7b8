import { demandOf, type PinPolicy } from '../config/pin-policy.ts';
import type { Severity } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import type { Advertised } from '../remote.ts';
import type { Answer } from './ask.ts';
import { silence } from './judge-verdict.ts';
import { isLikeSha, type Pin } from './pin.ts';
import { bestTag, commitOf, isTag, releases, resolveMeant, resolveName, tagsAt, type Named } from './refs.ts';
import { full, type Remark } from './remark.ts';

/** A name that the repository has neither as a tag nor as a branch: a shortened commit, or nothing. */
const unknown = ({ use, place, ref }: Pin, name: string, advertised: Advertised): Remark => {
  const [near] = [...resolveMeant(advertised, name, use.subpath), ...releases(advertised).slice(0, 1)];
  const guess = near === undefined ? {} : { hint: full(near) };
  if (ref.kind !== 'short')
    return { id: 'ref-missing', severity: 'error', message: `${place.name} has no tag or branch ${printable(name)}`, ...guess };
  const message = `${printable(name)} of ${place.name} is a shortened commit, which no forge takes`;
  const whole = [...advertised.refs.values()].map(commitOf).find((commit) => commit.startsWith(ref.prefix));
  if (whole === undefined) return { id: 'short-sha', severity: 'error', message, ...guess };
  const tag = use.comment?.version ?? tagsAt(advertised, whole)[0];
  return { id: 'short-sha', severity: 'error', message, hint: `in full it is ${whole}`, wanted: { commit: whole, tag } };
};

const ambiguous = ({ place }: Pin, name: string, [first, second]: readonly Named[]): readonly Remark[] =>
  first === undefined || second === undefined || first.commit === second.commit
    ? []
    : [
        {
          id: 'ambiguous-ref',
          severity: 'warning',
          message: `${place.name} has a tag and a branch ${printable(name)}, and they differ`,
          hint: `the tag is ${first.commit}\nthe branch is ${second.commit}`,
        },
      ];

/** What is to be said of a tag or branch in the place of a commit. */
export const ofName = (pin: Pin, { advertised }: Answer, policy: PinPolicy): readonly Remark[] => {
  const { use, place } = pin;
  const name = use.ref ?? '';
  const { demand, by } = demandOf(policy, place.name, place.kinship);
  // What somebody demands is an error; what we recommend is a warning.
  const severity: Severity = by === undefined ? 'warning' : 'error';
  const said = `${printable(name)} of ${place.name}`;
  const unpinned = (what: string): Remark => ({ id: 'unpinned', severity, message: `${said} is ${what}: it can change under you` });
  if (advertised.kind === 'silent') {
    const isTold = demand === 'sha' && advertised.why !== 'repository-missing';
    return [...(isTold ? [{ ...unpinned('no commit'), hint: 'pin it to the commit behind it' }] : []), silence(advertised, pin)];
  }
  const meant = resolveName(advertised, name);
  const [first] = meant;
  if (first === undefined) return [unknown(pin, name, advertised)];
  const kind = isTag(first.ref) ? 'tag' : 'branch';
  const doubts = ambiguous(pin, name, meant);
  const tag = kind === 'tag' ? bestTag(advertised, first.commit, name) : name;
  const fix = { hint: `${tag} is ${first.commit}`, ...(doubts.length > 0 ? {} : { wanted: { commit: first.commit, tag } }) };
  if (isLikeSha(name)) {
    const message = `${printable(name)} looks like a commit and is a ${kind} of ${place.name}`;
    return [...doubts, { id: 'ref-like-sha', severity: 'error', message, ...fix }];
  }
  return demand === 'sha' ? [...doubts, { ...unpinned(`a ${kind}`), ...fix }] : doubts;
};
