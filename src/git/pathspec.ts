import { UsageError } from '../errors.ts';
import { decodePath, printable } from './paths.ts';

/** One of git's pathspecs, relative to the root of a snapshot. */
interface Spec {
  readonly exclude: boolean;
  readonly magic: ReadonlySet<string>;
  readonly pattern: string;
}

const MAGIC: ReadonlySet<string> = new Set(['top', 'exclude', 'icase', 'literal', 'glob']);

/** @throws {UsageError} for magic that we do not know; `attr` needs a worktree */
function parse(spec: string): Spec {
  const long = /^:\(([^)]*)\)(.*)$/s.exec(spec);
  if (long !== null) {
    const words = (long[1] ?? '').split(',').filter((word) => word !== '');
    const unknown = words.find((word) => !MAGIC.has(word));
    if (unknown !== undefined) throw new UsageError(`"${printable(spec)}": pathspec magic "${printable(unknown)}" is not supported here`);
    return { exclude: words.includes('exclude'), magic: new Set(words), pattern: trim(long[2] ?? '') };
  }
  const short = /^:([/!^]*):?(.*)$/s.exec(spec);
  if (short === null) return { exclude: false, magic: new Set(), pattern: trim(spec) };
  return { exclude: /[!^]/.test(short[1] ?? ''), magic: new Set(), pattern: trim(short[2] ?? '') };
}

const trim = (pattern: string): string => pattern.replace(/^(\.\/)+/, '').replace(/^\.$/, '');

/** The same for git's command line, from whatever folder it runs in. An empty list means everything. */
export function toGitPathspecs(specs: readonly string[]): readonly string[] {
  const parsed = specs.map(parse);
  const out = parsed.map(({ exclude, magic, pattern }) => {
    const words = new Set(['top', ...(exclude ? ['exclude'] : []), ...magic]);
    return `:(${[...words].join(',')})${pattern}`;
  });
  return parsed.every(({ exclude }) => exclude) ? [':(top)', ...out] : out;
}

/** Whether a path of a snapshot is meant, by git's rules: a folder means all in it, `*` also matches `/` unless `:(glob)`. */
export function pathspecMatcher(specs: readonly string[]): (path: string) => boolean {
  if (specs.length === 0) return () => true;
  const parsed = specs.map((spec) => {
    const { exclude, magic, pattern } = parse(spec);
    return { exclude, matches: matcher(pattern, magic) };
  });
  const wanted = parsed.filter(({ exclude }) => !exclude);
  const unwanted = parsed.filter(({ exclude }) => exclude);
  return (path) => {
    const decoded = decodePath(path);
    const name = typeof decoded === 'string' ? decoded : decoded.toString('latin1');
    return (wanted.length === 0 || wanted.some(({ matches }) => matches(name))) && !unwanted.some(({ matches }) => matches(name));
  };
}

function matcher(pattern: string, magic: ReadonlySet<string>): (name: string) => boolean {
  if (pattern === '') return () => true;
  const icase = magic.has('icase');
  const fold = (text: string): string => (icase ? text.toLowerCase() : text);
  const folder = fold(pattern.endsWith('/') ? pattern : `${pattern}/`);
  const literal = (name: string): boolean => fold(name) === fold(pattern) || fold(name).startsWith(folder);
  if (magic.has('literal') || !/[*?[\\]/.test(pattern)) return literal;
  const tokens = tokenize(pattern, magic.has('glob'), icase);
  return (name) => literal(name) || wildmatch(tokens, [...fold(name)]);
}

type Token =
  | { readonly kind: 'one'; readonly test: (character: string) => boolean }
  | { readonly kind: 'many'; readonly slash: boolean }
  /** Slash, star, star, slash of `:(glob)`: no folder, or some. */
  | { readonly kind: 'folders' };

function tokenize(pattern: string, glob: boolean, icase: boolean): readonly Token[] {
  const tokens: Token[] = [];
  const characters = [...(icase ? pattern.toLowerCase() : pattern)];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') {
      const first = at;
      while (characters[at + 1] === '*') at++;
      const whole = at > first && (first === 0 || characters[first - 1] === '/');
      if (glob && whole && characters[at + 1] === '/') {
        tokens.push({ kind: 'folders' });
        at++;
      } else tokens.push({ kind: 'many', slash: !glob || (whole && at === characters.length - 1) });
    } else if (character === '?') tokens.push({ kind: 'one', test: (c) => !glob || c !== '/' });
    else if (character === '[') {
      const bracket = parseBracket(characters, at);
      if (bracket === undefined) return [{ kind: 'one', test: () => false }]; // As git: a broken pattern matches nothing.
      tokens.push({ kind: 'one', test: (c) => (!glob || c !== '/') && bracket.test(c) });
      at = bracket.end;
    } else {
      const plain = character === '\\' ? characters[++at] : character;
      if (plain === undefined) return [{ kind: 'one', test: () => false }];
      tokens.push({ kind: 'one', test: (c) => c === plain });
    }
  }
  return tokens;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

function parseBracket(
  characters: readonly string[],
  open: number,
): { readonly end: number; readonly test: (c: string) => boolean } | undefined {
  let at = open + 1;
  const negated = characters[at] === '!' || characters[at] === '^';
  if (negated) at++;
  const tests: ((c: string) => boolean)[] = [];
  for (let first = true; ; first = false, at++) {
    const character = characters[at];
    if (character === undefined) return undefined;
    if (character === ']' && !first) break;
    const named = character === '[' && characters[at + 1] === ':' ? /^\[:([a-z]+):\]/.exec(characters.slice(at, at + 12).join('')) : null;
    if (named !== null) {
      const known = CLASSES[named[1] ?? ''];
      if (known === undefined) return undefined;
      tests.push((c) => known.test(c));
      at += named[0].length - 1;
      continue;
    }
    const low = character === '\\' ? characters[++at] : character;
    if (low === undefined) return undefined;
    if (characters[at + 1] === '-' && characters[at + 2] !== undefined && characters[at + 2] !== ']') {
      at += 2;
      const high = characters[at] === '\\' ? characters[++at] : characters[at];
      if (high === undefined) return undefined;
      tests.push((c) => c >= low && c <= high);
    } else tests.push((c) => c === low);
  }
  return { end: at, test: (c) => tests.some((test) => test(c)) !== negated };
}

/** Time is bounded by pattern × text: no pattern can make it hang. */
function wildmatch(tokens: readonly Token[], text: readonly string[]): boolean {
  let states = reach(tokens, [0], true);
  for (const character of text) {
    const next: number[] = [];
    for (const state of states) {
      const token = tokens[state];
      if (token?.kind === 'one' && token.test(character)) next.push(state + 1);
      else if (token?.kind === 'many' && (token.slash || character !== '/')) next.push(state);
      else if (token?.kind === 'folders') next.push(state);
    }
    if (next.length === 0) return false;
    states = reach(tokens, next, character === '/');
  }
  return states.has(tokens.length);
}

/** Adds what can be reached without a character. `boundary`: a folder or the whole name begins here. */
function reach(tokens: readonly Token[], from: readonly number[], boundary: boolean): ReadonlySet<number> {
  const states = new Set(from);
  for (const state of states) {
    const kind = tokens[state]?.kind;
    if (kind === 'many' || (kind === 'folders' && boundary)) states.add(state + 1);
  }
  return states;
}
