/** From the first line of a conflict to its last one, in bytes: starts and ends, in turns. */
type Conflicts = readonly number[];

const BORDER = /^(?:<{7}|>{7}) .*$/gm;

/** Lines that a merge could not join, as git writes them. Without a last line all that follows counts: somebody has begun to resolve it. */
export const conflictsOf = (source: string): Conflicts => {
  if (!source.includes('<<<<<<<')) return [];
  const found: number[] = [];
  for (const match of source.matchAll(BORDER)) {
    const isBegin = match[0].startsWith('<');
    if (isBegin === (found.length % 2 === 0)) found.push(match.index);
  }
  if (found.length % 2 === 1) found.push(source.length);
  return found;
};

export const inConflict = (conflicts: Conflicts, at: number): boolean => {
  let [low, high] = [0, conflicts.length]; // how many borders lie at or before the place
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((conflicts[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
};
