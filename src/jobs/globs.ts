import { globTest } from '../glob.ts';

interface Braces {
  readonly before: string;
  readonly words: readonly string[];
  readonly after: string;
}

/** The first pair of braces with a comma between them. */
const firstBraces = (glob: string): Braces | undefined => {
  for (let open = glob.indexOf('{'); open >= 0; open = glob.indexOf('{', open + 1)) {
    const words: string[] = [];
    let depth = 0;
    let begin = open + 1;
    for (let at = open; at < glob.length; at++) {
      const character = glob[at];
      if (character === '{') depth++;
      if (character === '}') depth--;
      if ((character === ',' && depth === 1) || depth === 0) {
        words.push(glob.slice(begin, at));
        begin = at + 1;
      }
      if (depth > 0) continue;
      if (words.length > 1) return { before: glob.slice(0, open), words, after: glob.slice(at + 1) };
      break;
    }
  }
  return undefined;
};

const MOST_WORDS = 1000;

/** `*.{ts,tsx}` as `*.ts` and `*.tsx`; braces without a comma stay as they are, and so do all where they would mean more than a thousand globs. */
export const expandBraces = (glob: string): readonly string[] => {
  const done: string[] = [];
  const open = [glob];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const braces = firstBraces(next);
    if (braces === undefined) done.push(next);
    else open.push(...braces.words.map((word) => braces.before + word + braces.after).toReversed());
    if (done.length + open.length > MOST_WORDS) return [glob];
  }
  return done;
};

/** A path as the worktree has it: snapshots write a percent sign as %25. */
export const plainPath = (path: string): string => path.replaceAll('%25', '%');

/** True for a path with bytes that are no UTF-8: no argument can name it. */
export const isUnnameable = (path: string): boolean => /%(?!25)[0-9A-F]{2}/.test(path);

/** Whether a path matches one of the globs and none of the excluding ones. */
export const filesTest = (globs: readonly string[], exclude: readonly string[]): ((path: string) => boolean) => {
  const tests = (from: readonly string[]) => from.flatMap(expandBraces).map(globTest);
  const wanted = tests(globs);
  const unwanted = tests(exclude);
  return (path) => {
    const plain = plainPath(path);
    return wanted.some((matches) => matches(plain)) && !unwanted.some((matches) => matches(plain));
  };
};
