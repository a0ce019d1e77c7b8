import { isAlias, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, parseDocument, Scalar as YamlScalar, type Document } from 'yaml';

/** Where something stands: UTF-16 units of the text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** A string's value; of what is none, as it is written. */
  readonly text: string;
  readonly style: ScalarStyle;
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: TreeNode;
}

export interface MapNode extends Span {
  readonly kind: 'map';
  /** As written, those of a repeated key too. */
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly TreeNode[];
}

/** A value of a YAML file. An alias is what it stands for, and its place is where that is written. */
export type TreeNode = ScalarNode | MapNode | ListNode;

export interface TreeProblem extends Span {
  readonly message: string;
}

export interface Tree {
  readonly text: string;
  /** undefined: the file is empty, or no YAML. */
  readonly root: TreeNode | undefined;
  readonly problems: readonly TreeProblem[];
  /** Anchors that nothing refers to. */
  readonly unusedAnchors: readonly TreeProblem[];
}

/** A workflow of the forge's own is a megabyte at most. */
export const MAX_BYTES = 10 * 2 ** 20;
/** Values, those that aliases repeat counted each time. */
const MAX_NODES = 500_000;
const MAX_DEPTH = 100;

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  [YamlScalar.QUOTE_SINGLE]: 'single',
  [YamlScalar.QUOTE_DOUBLE]: 'double',
  [YamlScalar.BLOCK_LITERAL]: 'literal',
  [YamlScalar.BLOCK_FOLDED]: 'folded',
};

/** The parser calls itself for each level. */
const isTooDeep = (text: string): boolean => {
  let flow = 0; // [ and { that are open
  let inline = 0; // - and ? on this line
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow++;
    else if (token === ']' || token === '}') flow--;
    else if (token === '-' || token === '?') inline++;
    else if (token === '\n' || token === '\r\n') inline = 0;
    if (flow > MAX_DEPTH || inline > MAX_DEPTH) return true;
  }
  return false;
};

class TooLarge extends Error {}

interface Sized {
  readonly node: TreeNode;
  /** Values in it. */
  readonly size: number;
}

/** Makes our nodes of the library's: each is made once, however many aliases repeat it. */
const convert = (
  document: Document.Parsed,
  problems: TreeProblem[],
): { readonly root: TreeNode | undefined; readonly used: ReadonlySet<unknown> } => {
  const known = new Map<unknown, Sized>();
  const open = new Set<unknown>();
  const used = new Set<unknown>();
  const make = (given: unknown, from: Span, depth: number): Sized => {
    if (!isNode(given)) return { node: { kind: 'scalar', value: null, text: '', style: 'plain', ...from }, size: 1 };
    const span: Span = given.range === undefined || given.range === null ? from : { start: given.range[0], end: given.range[1] };
    if (isAlias(given)) {
      const target = given.resolve(document);
      if (target !== undefined && !open.has(target)) {
        used.add(target);
        return make(target, span, depth);
      }
      if (target !== undefined) problems.push({ ...span, message: `the alias *${given.source} stands in what it stands for` });
      return make(undefined, span, depth);
    }
    const before = known.get(given);
    if (before !== undefined) return before;
    if (depth > MAX_DEPTH) throw new TooLarge(`nested more than ${MAX_DEPTH} deep`);
    open.add(given);
    const made = build(given, span, depth);
    open.delete(given);
    if (made.size > MAX_NODES) throw new TooLarge(`more than ${MAX_NODES} values`);
    known.set(given, made);
    return made;
  };
  const build = (given: unknown, span: Span, depth: number): Sized => {
    if (isSeq(given)) {
      const items = given.items.map((item) => make(item, span, depth + 1));
      return {
        node: { kind: 'list', items: items.map(({ node }) => node), ...span },
        size: items.reduce((sum, { size }) => sum + size, 1),
      };
    }
    if (isMap(given)) {
      let size = 1;
      const entries = given.items.map(({ key, value }): MapEntry => {
        const name = make(key, span, depth + 1);
        const at = { start: name.node.end, end: name.node.end };
        const content = make(value, at, depth + 1);
        size += name.size + content.size;
        return { key: keyOf(name.node), value: content.node };
      });
      return { node: { kind: 'map', entries, ...span }, size };
    }
    return { node: isScalar(given) ? scalarOf(given, span) : { kind: 'scalar', value: null, text: '', style: 'plain', ...span }, size: 1 };
  };
  const root = document.contents === null ? undefined : make(document.contents, { start: 0, end: 0 }, 0).node;
  return { root, used };
};

const keyOf = (node: TreeNode): ScalarNode =>
  node.kind === 'scalar' ? node : { kind: 'scalar', value: null, text: '', style: 'plain', start: node.start, end: node.end };

const scalarOf = (given: YamlScalar, span: Span): ScalarNode => {
  const { value, source, type } = given;
  const held = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return {
    kind: 'scalar',
    value: typeof value === 'bigint' ? Number(value) : held,
    text: typeof value === 'string' ? value : (source ?? ''),
    style: STYLES[type ?? ''] ?? 'plain',
    ...span,
  };
};

/** Reads YAML 1.2 within limits: what is too deep, or too much once aliases are followed, is a problem as a syntax error is one. */
export const readTree = (text: string): Tree => {
  const failed = (message: string): Tree => ({ text, root: undefined, problems: [{ start: 0, end: 0, message }], unusedAnchors: [] });
  if (isTooDeep(text)) return failed(`nested more than ${MAX_DEPTH} deep`);
  const document = parseDocument(text, { lineCounter: new LineCounter(), uniqueKeys: false, prettyErrors: false });
  const problems: TreeProblem[] = document.errors.map(({ message, pos: [start, end] }) => ({
    start,
    end,
    message: message.split('\n', 1)[0] ?? '',
  }));
  if (problems.length > 0) return { text, root: undefined, problems, unusedAnchors: [] };
  try {
    const { root } = convert(document, problems);
    return { text, root, problems, unusedAnchors: [] };
  } catch (error) {
    if (error instanceof TooLarge) return failed(error.message);
    throw error;
  }
};
