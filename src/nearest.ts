/** Edits between two words: insert, delete, replace, or swap two neighbours (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
};

const plain = (word: string): string => word.toLowerCase().replaceAll('_', '-');

/** The candidate that `word` was most likely meant to be: within a third of its length, or the only one that begins so. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  if (word === '' || word.length > 100) return undefined;
  const wanted = plain(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(wanted, plain(candidate));
    if (edits < least) [best, least] = [candidate, edits];
  }
  if (best !== undefined || wanted.length < 2) return best;
  const begun = candidates.filter((candidate) => plain(candidate).startsWith(wanted));
  return begun.length === 1 ? begun[0] : undefined;
};
