import { createMatcher, preparedMatcher, type Matcher, type Prepared } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import type { Allowlist } from '../rules/rule.ts';

/** What an allowlist's conditions about content look at. */
export interface Subject {
  readonly secret: string;
  readonly match: string;
  /** The lines the match stands on. Asked for only where a list looks at it. */
  line(): string;
}

/** Where a finding stands; conditions about it are judged apart from content, so that content can be cached. */
export interface Where {
  readonly path: string;
  readonly commit: string | undefined;
}

export interface AllowTest {
  readonly targetRules: readonly string[];
  /** `drop`: passes whatever the place. `maybe`: passes if the place fits. `no`: content does not fit, the place alone may. */
  content(subject: Subject): 'drop' | 'maybe' | 'no';
  /** @param maybe content() answered `maybe` */
  place(where: Where, maybe: boolean): boolean;
}

type Test = (text: string) => boolean;

const matcherOf = (source: string, prepared: Prepared | undefined): Matcher =>
  prepared === undefined ? createMatcher(parsePattern(source)) : preparedMatcher(prepared, () => parsePattern(source));

/** Tests of one path or text, compiled on first use; true when one of the sources matches. */
export const anyOf = (sources: readonly string[], prepared: readonly Prepared[] = []): Test => {
  const tests: Test[] = sources.map((source, i) => {
    let matcher: Matcher | undefined;
    return (text) => (matcher ??= matcherOf(source, prepared[i])).exec(text, 0, Infinity) !== undefined;
  });
  return (text) => tests.some((test) => test(text));
};

/** Compiles an allowlist; its expressions are compiled when first asked. */
export const allowTest = (list: Allowlist): AllowTest => {
  const and = list.condition === 'AND';
  const regexes = anyOf(list.regexes, list.prepared?.regexes);
  const paths = anyOf(list.paths, list.prepared?.paths);
  const words = list.stopwords.map((word) => word.toLowerCase());
  const asksContent = list.regexes.length > 0 || words.length > 0;
  const asksPlace = list.paths.length > 0 || list.commits.length > 0;
  const targeted = ({ secret, match, line }: Subject): string =>
    list.regexTarget === 'match' ? match : list.regexTarget === 'line' ? line() : secret;
  const fits = (subject: Subject): boolean[] => {
    const out: boolean[] = [];
    if (list.regexes.length > 0) out.push(regexes(targeted(subject)));
    if (words.length > 0) {
      const secret = subject.secret.toLowerCase();
      out.push(words.some((word) => secret.includes(word)));
    }
    return out;
  };
  return {
    targetRules: list.targetRules,
    content: (subject) => {
      if (!asksContent) return 'no';
      const answers = fits(subject);
      if (!and) return answers.includes(true) ? 'drop' : 'no';
      return answers.includes(false) ? 'no' : asksPlace ? 'maybe' : 'drop';
    },
    place: ({ path, commit }, maybe) => {
      if (!asksPlace || (and && asksContent && !maybe)) return false;
      const answers: boolean[] = [];
      if (list.paths.length > 0) answers.push(paths(path));
      if (list.commits.length > 0)
        answers.push(commit !== undefined && list.commits.some((known) => commit.startsWith(known.toLowerCase())));
      return and ? !answers.includes(false) : answers.includes(true);
    },
  };
};
