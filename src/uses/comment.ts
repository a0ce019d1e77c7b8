/** The tag or branch that a comment behind a pin says is meant, and where it stands in the comment's text. */
export interface NamedVersion {
  readonly version: string;
  /** UTF-16 units in the text. */
  readonly start: number;
}

/** `v4`, `4.1.1`, `v2.0.0-rc.1+build`. */
const NUMBER = String.raw`[vV]?\d+(?:\.\d+)*(?:[-+_.][0-9A-Za-z][0-9A-Za-z.+_-]*)?`;
/** `pkg/v1`, `codeql-bundle-v2.1`, `pkg@1.2.3`, `release/v1`. */
const TAGGED = String.raw`@?[A-Za-z][\w.-]*(?:\/[\w.-]+)*[-/@_]${NUMBER}`;
const VERSION = new RegExp(`^(?:${NUMBER}|${TAGGED})$`);
/** `feature/x`: with a slash it is no word of a sentence. */
const BRANCH = /^[A-Za-z][\w.-]*(?:\/[\w.-]+)+$/;
/** Branches that have such names everywhere, and tags that move. */
const KNOWN: ReadonlySet<string> = new Set([
  'main',
  'master',
  'develop',
  'development',
  'dev',
  'trunk',
  'next',
  'latest',
  'stable',
  'beta',
  'nightly',
  'canary',
  'edge',
  'release',
  'head',
]);
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T_].*)?$/;
const YEAR = /^(?:\d{4,}|\d{4}[-/.]\d{2})$/;
const OBJECT_NAME = /^(?=.*[a-f])(?=.*\d)[0-9a-f]{7,64}$/i;

/** `tag=v4`, `frozen: v4` (pre-commit), `ratchet:owner/repo@v4`, `pinned to v4`. */
const LABEL =
  /^(?:(?:renovate|dependabot)\s*:\s*)?(?:(?:tag|version|ver|ref|branch|release|frozen|ratchet|pin(?:ned)?(?:\s+(?:to|at|from))?|pin)(?:\s*[:=]\s*|\s+)|=\s*|@(?=v?\d))/i;

const isVersion = (word: string): boolean => VERSION.test(word) && !DATE.test(word) && !YEAR.test(word) && !OBJECT_NAME.test(word);
const isName = (word: string): boolean => isVersion(word) || BRANCH.test(word) || KNOWN.has(word.toLowerCase());

/** `owner/repo@v4` is about v4; `pkg@1.2.3` is a tag. */
const afterRepository = (word: string): number => {
  const at = word.lastIndexOf('@');
  const before = word.slice(0, Math.max(0, at));
  return at > 0 && before.includes('/') && !before.startsWith('@') ? at + 1 : 0;
};

/** Reads one comment, from behind its `#`. */
const readOne = (text: string): NamedVersion | undefined => {
  const lead = /^\s*/.exec(text)?.[0].length ?? 0;
  const label = LABEL.exec(text.slice(lead))?.[0].length ?? 0;
  const body = text.slice(lead + label);
  const open = /^[("'`[]*/.exec(body)?.[0].length ?? 0;
  const word = /^[^\s,;()[\]"'`]*/.exec(body.slice(open))?.[0].replace(/[.:]+$/, '') ?? '';
  const skip = afterRepository(word);
  const version = word.slice(skip);
  const isAlone = body.slice(open + word.length).replace(/[\s.,;:()[\]"'`]+/g, '') === '';
  // A word that begins a sentence is no branch; a number that begins one is a version.
  if (!isVersion(version) && !((isAlone || label > 0 || skip > 0) && isName(version))) return undefined;
  return { version, start: lead + label + open + skip };
};

/**
 * The tag or branch that a comment names: the first that one of its parts names, where `# v4 # zizmor: ignore[x]` has two. Dates, years, commits and
 * sentences name none.
 * @param text from `#` on
 */
export const versionIn = (text: string): NamedVersion | undefined => {
  for (const { 0: part, index } of text.matchAll(/#+(?:(?!\s#).)*/gs)) {
    const hashes = /^#+/.exec(part)?.[0].length ?? 0;
    const found = readOne(part.slice(hashes));
    if (found !== undefined) return { version: found.version, start: index + hashes + found.start };
  }
  return undefined;
};
