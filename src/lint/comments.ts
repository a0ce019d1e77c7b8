import { versionIn } from '../uses/comment.ts';
import type { Span, Tree } from './tree.ts';

/** The comment behind a value, on its line; `version`: the tag or branch that it names. */
export const commentAt = ({ comments, offsets, text }: Tree, offset: number): (Span & { readonly version?: string }) | undefined => {
  const end = offsets.lineEnd(offset);
  const span = comments.find(({ start }) => start >= offset && start < end);
  if (span === undefined) return undefined;
  const version = versionIn(text.slice(span.start, span.end))?.version;
  return { ...span, ...(version === undefined ? {} : { version }) };
};
