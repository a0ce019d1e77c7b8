import { Composer, Lexer, Parser, type Node } from 'yaml';
import { printable } from '../report/printable.ts';
import { humanBytes } from '../report/quantity.ts';
import { resolveAliases } from './aliases.ts';
import { offsetsOf, type Offsets } from './offsets.ts';
import { toProblems, type Told } from './problems.ts';
import type { UseProblem } from './use.ts';

/** What a file may be; beyond it the file is not read, and a problem says so. */
export const LIMITS = { bytes: 10 * 2 ** 20, tokens: 300_000, depth: 200, expanded: 300_000 } as const;

/** A part of the text, in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The first document of a YAML file. */
export interface Tree {
  /** Undefined: there is none, or it is beyond the limits. It is there where the file has errors: what could be read of it. */
  readonly root: Node | undefined;
  readonly text: string;
  readonly offsets: Offsets;
  /** In order; each from `#` to the end of its line. */
  readonly comments: readonly Span[];
  /** Scalars of more than one line, in order: within them `#` begins no comment. */
  readonly blocks: readonly Span[];
  /** What is not as it should be. */
  readonly told: readonly Told[];
  /** The same, in order of lines; what is too many is left out and counted. */
  readonly problems: readonly UseProblem[];
  /** What a node stands for: itself, or what an alias repeats. Undefined for an alias of nothing or of what it stands in. */
  target(node: Node): Node | undefined;
}

/** Says that a limit was reached, and where. */
class TooMuch extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

interface Parsed {
  readonly root: Node | undefined;
  readonly comments: readonly Span[];
  readonly blocks: readonly Span[];
  readonly told: readonly Told[];
}

const SCALAR = '\u001f'; // the lexer's mark before a plain scalar and the body of a block

/** The library's messages go on with text of the file, which may hold a secret. */
const withoutText = (message: string): string => printable(message.replace(/(?:\n|(?<=\w): | \\).*$/s, ''));

const QUOTED_CHARACTERS = 16; // that weigh as much as a token

/**
 * Each line and each escape of a scalar is work for the library, and each wrong escape an error of its own; it puts what stands in double quotes together
 * character by character.
 */
const weightOf = (lexeme: string): number => {
  let weight = 1;
  for (let at = lexeme.indexOf('\n'); at !== -1; at = lexeme.indexOf('\n', at + 1)) weight++;
  if (lexeme[0] !== '"') return weight;
  for (let at = lexeme.indexOf('\\'); at !== -1; at = lexeme.indexOf('\\', at + 1)) weight++;
  return weight + Math.floor(lexeme.length / QUOTED_CHARACTERS);
};

/** Goes token by token, so that neither a deep nor a long file is built before it is refused. @throws {TooMuch} */
const parse = (text: string): Parsed => {
  const parser = new Parser();
  // uniqueKeys would compare each key with all before it.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, merge: false, resolveKnownTags: false, version: '1.2' });
  const comments: Span[] = [];
  const blocks: Span[] = [];
  const told: Told[] = [];
  const documents: {
    readonly contents: unknown;
    readonly errors: readonly { readonly pos: readonly number[]; readonly message: string }[];
  }[] = [];
  let second: number | undefined;
  let tokens = 0;
  let isScalar = false;
  const take = (made: Iterable<Parameters<Composer['next']>[0]>): void => {
    for (const token of made) {
      documents.push(...composer.next(token));
      if (token.type === 'document' && documents.length > 0) second ??= token.offset;
    }
  };
  for (const lexeme of new Lexer().lex(text)) {
    const start = parser.offset;
    tokens += weightOf(lexeme);
    if (tokens > LIMITS.tokens) throw new TooMuch(`more than ${LIMITS.tokens} words, marks and lines`, start);
    const span = { start, end: start + lexeme.length };
    if (!isScalar && lexeme[0] === '#') comments.push(span);
    if ((isScalar || lexeme[0] === '"' || lexeme[0] === "'") && lexeme.includes('\n')) blocks.push(span);
    isScalar = !isScalar && lexeme === SCALAR;
    take(parser.next(lexeme));
    if (second !== undefined) break;
    if (parser.stack.length > LIMITS.depth) throw new TooMuch(`nested more than ${LIMITS.depth} deep`, start);
  }
  if (second === undefined) {
    take(parser.end());
    documents.push(...composer.end(true, text.length));
  }
  const [document] = documents;
  // What comes after the first error is mostly its consequence.
  const [first] = (document?.errors ?? []).toSorted((a, b) => (a.pos[0] ?? 0) - (b.pos[0] ?? 0));
  if (first !== undefined) told.push({ offset: first.pos[0] ?? 0, message: `not YAML: ${withoutText(first.message)}` });
  if (second !== undefined) told.push({ offset: second, message: 'more than one document: only the first is read' });
  const contents = document?.contents;
  return { root: contents === null ? undefined : (contents as Node | undefined), comments, blocks, told };
};

const NOTHING: Omit<Parsed, 'told'> = { root: undefined, comments: [], blocks: [] };

const parseWithin = (text: string): Parsed => {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0; // the library makes an error for each fault of a file, and each would keep its stack
    return parse(text);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return { ...NOTHING, told: [{ offset: error.offset, message: `not read: ${error.message}` }] };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};

const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes[0] === 0 || bytes[1] === 0;

const refused = (message: string): Tree => {
  const told = [{ offset: 0, message }];
  const offsets = offsetsOf(new Uint8Array(), '');
  return { ...NOTHING, text: '', offsets, told, problems: toProblems(told, offsets), target: () => undefined };
};

/**
 * Reads the first document of a YAML 1.2 file in UTF-8, whatever the bytes are: limits and errors of syntax are problems. Aliases are resolved, not
 * expanded. Merge keys are keys like others.
 */
export const parseTree = (bytes: Uint8Array): Tree => {
  if (bytes.length > LIMITS.bytes) return refused(`not read: larger than ${humanBytes(LIMITS.bytes)}`);
  if (isUtf16(bytes)) return refused('not read: the file is not UTF-8');
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const offsets = offsetsOf(bytes, text);
  const parsed = parseWithin(text);
  const aliases = resolveAliases(parsed.root, LIMITS.expanded);
  const root = aliases.isTooLarge ? undefined : parsed.root;
  const told = [...parsed.told, ...aliases.told];
  return { ...parsed, root, text, offsets, told, problems: toProblems(told, offsets), target: aliases.target };
};
