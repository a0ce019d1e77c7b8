import { nearest } from '../nearest.ts';

/** The known name a person may have meant: the nearest one, or the only one that begins so. */
export const meant = (word: string, known: Iterable<string>): string | undefined => {
  const names = [...known];
  const near = nearest(word, names);
  if (near !== undefined || word.length < 2) return near;
  const begun = names.filter((name) => name.startsWith(word.toLowerCase()));
  return begun.length === 1 ? begun[0] : undefined;
};
