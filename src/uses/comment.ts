/** The tag or branch that a comment behind a pin says is meant, and where it stands in the comment's text. */
export interface NamedVersion {
  readonly version: string;
  /** UTF-16 units in the text. */
  readonly start: number;
}

const LONGEST = 128; // of a name; longer words are none, and would cost time
/** Characters of a comment that are read. */
export const LONGEST_COMMENT = 2048;

const PARTS = /^([vV]?)(\d+(?:\.\d+)*)(?:[-+_.][0-9A-Za-z][\w.+-]*|([A-Za-z][\w.+-]*))?$/;
const DATE = /^\d{4}-\d{2}(?:-\d{2})?(?:[T_].*)?$/;
const OBJECT_NAME = /^(?=.*[a-f])(?=.*\d)[0-9a-f]{7,64}$/i;

/** `v4`, `4.1.1`, `v2.0.0-rc.1+build`, `1.0rc1`; a number without `v` and dots only where it stands alone, and not if it could be a year. */
const isNumber = (word: string, isAlone: boolean): boolean => {
  const [, v, digits = '', suffix] = PARTS.exec(word) ?? [];
  if (v === undefined || DATE.test(word) || OBJECT_NAME.test(word)) return false;
  if (v !== '' || digits.includes('.')) return true;
  return isAlone && suffix === undefined && digits.length < 4;
};

/** `pkg/v1`, `release/1.2`, `codeql-bundle-v2.1`, `@scope/pkg@1.2.3`: a name before a version. */
const isNamedNumber = (word: string, isAlone: boolean): boolean => {
  const [, name, mark, number = ''] = /^(@?[A-Za-z][\w.-]*(?:\/[\w.-]+)*?)([-/@_])([vV]?\d[^/]*)$/.exec(word) ?? [];
  if (name === undefined || OBJECT_NAME.test(word)) return false;
  return isNumber(number, mark === '/' && isAlone) && (isAlone || /^[vV]/.test(number));
};

/** Branches and moving tags that have such names everywhere. */
const KNOWN = new Set('main master develop development dev trunk next latest stable beta nightly canary edge release head'.split(' '));
const isBranch = (word: string): boolean =>
  KNOWN.has(word.toLowerCase()) || /^(?:releases?|stable|maint|support|heads|refs|feature|hotfix)(?:\/[\w.-]+)+$/i.test(word);

/** `tag=v4`, `frozen: v4` (pre-commit), `ratchet:owner/repo@v4`, `pin@v4`, `pinned to v4`, `owner/repo v4`, the page of a release. */
const LABEL = new RegExp(
  String.raw`^(?:(?:renovate|dependabot)\s{0,9}:\s{0,9})?(?:` +
    String.raw`(tag|branch|ref|version|release|frozen|pin)\s{0,9}[:=]\s{0,9}|ratchet:|pin@|@(?=[vV]?\d)|` +
    String.raw`(?:tag|branch|ref|version|ver\.?|release|pin|pinned)\s{1,9}(?:(?:to|at|from|is)\s{1,9})?|` +
    String.raw`https?:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+\/(?:releases\/tag|tree)\/|[\w.-]+(?:\/[\w.-]+)+\s{1,9}(?=[vV]?\d))`,
  'i',
);

/** `owner/repo@v4` is about v4; `pkg@1.2.3` and `@scope/pkg@1.2.3` are tags. */
const behindRepository = (word: string): number => {
  const at = word.lastIndexOf('@');
  return at > 0 && !word.startsWith('@') && word.slice(0, at).includes('/') ? at + 1 : 0;
};

/** Reads one comment, from behind its `#`. */
const readOne = (text: string): NamedVersion | undefined => {
  const lead = text.length - text.trimStart().length;
  const [label = '', plain] = LABEL.exec(text.slice(lead, lead + 4 * LONGEST)) ?? [];
  const from = lead + label.length;
  const body = text.slice(from, from + 4 * LONGEST);
  const open = /^[("'`[]*/.exec(body)?.[0].length ?? 0;
  const word = /^[^\s,;()[\]"'`]*/.exec(body.slice(open))?.[0] ?? '';
  if (word.length > LONGEST) return undefined;
  const skip = behindRepository(word);
  const version = word.slice(skip).replace(/[.:]+$/, '');
  // A word that begins a sentence is no branch; a version that begins one is meant.
  const isAlone = label !== '' || skip > 0 || !/[\p{L}\p{N}]/u.test(body.slice(open + word.length));
  const isNamed = plain !== undefined && /^[A-Za-z][\w./-]*$/.test(version);
  if (!isNumber(version, isAlone) && !isNamedNumber(version, isAlone) && !(isAlone && isBranch(version)) && !isNamed) return undefined;
  return { version, start: from + open + skip };
};

/**
 * The tag or branch that a comment names: the first that one of its parts names, where `# v4 # zizmor: ignore[x]` has two. Dates, years, commits and
 * sentences name none.
 * @param text from `#` on
 */
export const versionIn = (text: string): NamedVersion | undefined => {
  const read = text.slice(0, LONGEST_COMMENT);
  for (const { 0: part, index } of read.matchAll(/#+(?:(?!\s#).)*/gs)) {
    const hashes = /^#+/.exec(part)?.[0].length ?? 0;
    const found = readOne(part.slice(hashes));
    if (found !== undefined) return { version: found.version, start: index + hashes + found.start };
  }
  return undefined;
};
