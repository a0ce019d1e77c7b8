import { printable } from '../report/printable.ts';
import type { Answer } from './ask.ts';
import type { Pin } from './pin.ts';
import { shortName, tagsAt } from './refs.ts';
import { full, short, type Remark } from './remark.ts';

/** What is to be said of the comment behind a commit. @param required a comment must be there */
export const ofComment = (pin: Pin, oid: string, { comment, advertised }: Answer, required: boolean): readonly Remark[] => {
  if (advertised.kind === 'silent') return [];
  const version = pin.use.comment?.version;
  const isNow = (names: readonly string[]): string => (names[0] === undefined ? 'it has no tag' : `it is ${names[0]}`);
  switch (comment.kind) {
    case 'true':
      return [];
    case 'open':
      return [
        {
          id: 'no-answer',
          severity: 'note',
          message: `whether ${printable(version ?? '')} of ${pin.place.name} has ${short(oid)} could not be looked at`,
        },
      ];
    case 'silent': {
      if (version !== undefined || !required) return [];
      const [tag] = tagsAt(advertised, oid);
      return [
        {
          id: 'comment-missing',
          severity: 'warning',
          message: `no comment says which version ${short(oid)} is`,
          ...(tag === undefined ? {} : { hint: `it is ${tag}`, wanted: { tag } }),
        },
      ];
    }
    case 'moved':
      return [
        {
          id: 'comment-moved',
          severity: 'note',
          message: `${shortName(comment.named.ref)} has moved on from ${short(oid)}${comment.was === undefined ? '' : `, which is ${comment.was}`}`,
          hint: `${full(comment.named)} now`,
          ...(comment.was === undefined ? {} : { wanted: { tag: comment.was } }),
        },
      ];
    case 'false':
      return [
        {
          id: 'comment-mismatch',
          severity: 'error',
          message: `${short(oid)} is not ${shortName(comment.named.ref)}: ${isNow(comment.is)}`,
          hint: full(comment.named),
          // What runs is the commit; a comment that is wrong about a release is corrected. A commit that is no release gives way to what was meant.
          wanted: comment.is[0] === undefined ? { commit: comment.named.commit, tag: version } : { tag: comment.is[0] },
        },
      ];
    case 'unknown':
      return [
        {
          id: 'comment-unknown',
          severity: 'error',
          message: `${pin.place.name} has no ${printable(version ?? '')}: ${isNow(comment.is)}`,
          ...(comment.is[0] === undefined ? {} : { wanted: { tag: comment.is[0] } }),
        },
      ];
  }
};
