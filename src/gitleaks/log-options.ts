import { UsageError } from '../errors.ts';
import { quoted } from '../report/quoted.ts';

// Options of git log that say which commits, and mean the same to git rev-list; those of the second list have a value of their own.
const ALONE =
  /^--(?:all|branches|tags|remotes|no-merges|merges|first-parent|reverse|not|full-history|topo-order|date-order|author-date-order|no-walk|ignore-missing|cherry-pick|left-only|right-only|boundary|all-match|invert-grep|regexp-ignore-case|extended-regexp|fixed-strings|perl-regexp|(?:min|max)-parents=\d+|no-(?:min|max)-parents)$|^-(?:\d+|i|E|F|P)$|^-n\d+$/;
const VALUED = /^--(?:since|after|until|before|max-count|skip|author|committer|grep|since-as-filter|branches|tags|remotes|glob|exclude)$/;
const JOINED = /^(--[a-z-]+)=[^\0\n]+$/;
// Of how a diff is printed: it is read in another way here.
const NO_MATTER =
  /^(?:-p|-u|--patch|-U\d+|--unified=\d+|--no-color|--no-ext-diff|--no-textconv|--text|-a|-m|-c|--cc|--date=[\w:%-]+|--pretty=\w+|--oneline|--no-renames|--diff-filter=tuxdb)$/;

/** Words as a shell would split them: quotes hold together, a backslash takes the next character as it is. */
const splitWords = (text: string): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === quote) quote = '';
    else if (character === '\\' && quote !== "'") word = (word ?? '') + (text[++at] ?? '');
    else if (quote !== '') word = (word ?? '') + character;
    else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') throw new UsageError('--log-opts: a quote is not closed');
  return word === undefined ? words : [...words, word];
};

const refused = (word: string): UsageError =>
  new UsageError(`--log-opts: ${quoted(word)} is not supported`, {
    hint: 'revisions and ranges, --all, --branches, --tags, --since=…, --until=…, -n N, --author=…, --no-merges, --first-parent',
  });

/**
 * The arguments of git rev-list for `--log-opts`; the whole history without them, as gitleaks does.
 * @throws {UsageError} for an option whose meaning would be lost
 */
export const selection = (logOpts: string | undefined): readonly string[] => {
  const words = splitWords(logOpts ?? '');
  if (words.length === 0) return ['--all'];
  const args: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const name = JOINED.exec(word)?.[1];
    if (word === '--') throw refused(words.slice(at).join(' '));
    if (NO_MATTER.test(word)) continue;
    if (!word.startsWith('-') || ALONE.test(word) || (name !== undefined && VALUED.test(name))) args.push(word);
    else if (word === '-n' || VALUED.test(word)) {
      const value = words[++at];
      if (value === undefined) throw new UsageError(`--log-opts: ${quoted(word)} needs a value`);
      args.push(word === '-n' ? `--max-count=${value}` : `${word}=${value}`);
    } else throw refused(word);
  }
  // Only dates and authors: of what is checked out, as git log has it.
  return args.some(isStart) ? args : [...args, 'HEAD'];
};

const isStart = (arg: string): boolean => !arg.startsWith('-') || /^--(?:all|branches|tags|remotes|glob)\b/.test(arg);
