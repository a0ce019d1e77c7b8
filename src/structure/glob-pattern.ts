/** What is wrong with a filter pattern, and where in it. */
export interface PatternProblem {
  readonly at: number;
  readonly message: string;
}

const SPECIAL = '[?+*\\!';

interface Reader {
  readonly pattern: string;
  readonly kind: 'ref' | 'path';
  readonly found: PatternProblem[];
}

/** Reads `[…]`; gives the index behind it. */
const readSet = ({ pattern, found }: Reader, open: number): number => {
  let i = open + 1;
  let count = 0;
  let isRange = false;
  for (; i < pattern.length && pattern[i] !== ']'; i++) {
    count++;
    const next = pattern[i + 1];
    const last = pattern[i + 2];
    if (next !== '-' || last === undefined || last === ']') continue;
    isRange = true;
    if ((pattern.codePointAt(i) ?? 0) > (pattern.codePointAt(i + 2) ?? 0))
      found.push({ at: i, message: `the range ${pattern[i] ?? ''}-${last} runs backwards` });
    i += 2;
  }
  if (i >= pattern.length) found.push({ at: open, message: 'the [ is not closed' });
  else if (count === 0) found.push({ at: open, message: '[] stands for nothing' });
  else if (count === 1 && !isRange) found.push({ at: open, message: 'one character needs no [ ]' });
  return i + 1;
};

const INVALID_IN_REF: Readonly<Record<string, string>> = { ' ': 'a space', '\t': 'a tab', '~': '~', '^': '^', ':': ':' };

/** `?` and `+` repeat what stands before them. */
const isRepeatable = (before: string | undefined): boolean => before !== undefined && !'?+*'.includes(before);

const readPart = (reader: Reader, i: number): number => {
  const { pattern, kind, found } = reader;
  const character = pattern[i] ?? '';
  const next = pattern[i + 1];
  if (character === '\\') {
    if (next !== undefined && SPECIAL.includes(next)) return i + 2;
    if (kind === 'ref') found.push({ at: i, message: 'no name of a branch or tag holds a \\, and only [ ? + * \\ ! need one before them' });
    return i + 1;
  }
  if (character === '[') return readSet(reader, i);
  if ((character === '?' || character === '+') && !isRepeatable(pattern[i - 1]))
    found.push({ at: i, message: `nothing stands before ${character} that it could repeat` });
  if (kind === 'ref' && INVALID_IN_REF[character] !== undefined)
    found.push({ at: i, message: `no name of a branch or tag holds ${INVALID_IN_REF[character] ?? ''}` });
  return i + 1;
};

const judgeEnds = ({ kind, found }: Reader, body: string, from: number): void => {
  if (kind === 'path') {
    if (body !== body.trim()) found.push({ at: from, message: 'no path begins or ends with a space' });
    else if (/^\.\.?(?:\/|$)/.test(body)) found.push({ at: from, message: 'paths are those of the repository, without . and ..' });
    return;
  }
  if (body.startsWith('/')) found.push({ at: from, message: 'no name of a branch or tag begins with /' });
  if (/[/.]$/.test(body)) found.push({ at: from + body.length - 1, message: 'no name of a branch or tag ends with / or .' });
  if (body.includes('//') || body.includes('..')) found.push({ at: from, message: 'no name of a branch or tag holds // or ..' });
};

/**
 * What is wrong with a pattern of `branches`, `tags` (ref) or `paths` (path): the forge's own dialect, where ? and + repeat what stands before.
 * https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#filter-pattern-cheat-sheet
 */
export const patternProblems = (pattern: string, kind: 'ref' | 'path'): readonly PatternProblem[] => {
  const reader: Reader = { pattern, kind, found: [] };
  const from = pattern.startsWith('!') ? 1 : 0;
  if (from === 1 && pattern.length === 1) return [{ at: 0, message: '! alone takes nothing out' }];
  for (let i = from; i < pattern.length;) i = readPart(reader, i);
  judgeEnds(reader, pattern.slice(from), from);
  return reader.found;
};
