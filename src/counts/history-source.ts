import type { HistoryCount } from '../config/count-forms.ts';
import { printable } from '../report/printable.ts';
import { quoted } from '../report/quoted.ts';
import type { Counted } from './counted.ts';
import { listOf } from './files.ts';
import type { Counter, CountWorld } from './world.ts';

/** `*` stands for anything and `?` for one character, as `git tag --list` has them. Time is at most pattern × name. */
const nameTest = (pattern: string): ((name: string) => boolean) => {
  const tokens = [...pattern];
  return (name) => {
    const characters = [...name];
    let [at, from, star, retry] = [0, 0, -1, 0];
    while (at < characters.length) {
      const token = tokens[from];
      if (token === '*') [star, retry, from] = [from, at, from + 1];
      else if (token !== undefined && (token === '?' || token === characters[at])) [at, from] = [at + 1, from + 1];
      else if (star >= 0) [from, at] = [star + 1, ++retry];
      else return false;
    }
    return tokens.slice(from).every((token) => token === '*');
  };
};

const WORDS: Readonly<Record<HistoryCount, string>> = { commits: 'commits', tags: 'tags', contributors: 'contributors' };

const chosen = (names: readonly string[], { pattern, exclude }: Counter): number => {
  const wanted = pattern === undefined ? () => true : nameTest(pattern);
  const unwanted = listOf(exclude).map(nameTest);
  return names.filter((name) => wanted(name) && !unwanted.some((test) => test(name))).length;
};

/** Commits, tags or contributors. */
export const countHistory = async (counter: Counter, { history, snapshot }: CountWorld): Promise<Counted> => {
  const { git = 'commits', ref, pattern, zero } = counter;
  if (history === undefined) return { kind: 'broken', key: 'git', reason: 'this is no git repository' };
  // Of a commit that is looked at the history ends there; tags are of no commit.
  const from = ref ?? (git === 'tags' ? undefined : snapshot.commit);
  const answer = await history({ what: git, ref: from });
  if (answer.kind === 'absent')
    return {
      kind: 'broken',
      key: 'ref',
      reason: `there is no commit ${quoted(ref ?? '')}`,
      hint: 'a branch, a tag or the name of a commit',
    };
  if (answer.kind === 'partial') return { kind: 'unknown', reason: answer.reason, hint: answer.hint };
  const number = answer.kind === 'number' ? answer.number : chosen(answer.names, counter);
  const what = `${WORDS[git]}${pattern === undefined ? '' : ` that match ${printable(pattern)}`}`;
  if (number === 0 && !zero)
    return {
      kind: 'broken',
      key: pattern === undefined ? 'git' : 'pattern',
      reason: `there are no ${what}`,
      hint: 'zero = true where none is right',
    };
  return { kind: 'value', value: String(number), derivation: `${what}${ref === undefined ? '' : ` of ${printable(ref)}`}` };
};
