import { isAlias, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, parseDocument, type Node } from 'yaml';
import { ConfigError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import type { Position } from '../toml.ts';

/** More aliases than a person writes: each one is looked for in the whole document. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 200;

/** A value of a YAML file and where it stands. */
export interface YamlValue {
  readonly at: Position;
  /** Text, number, boolean, null; undefined for a map or a list. */
  readonly scalar: string | number | boolean | null | undefined;
  /** undefined when it is no list. */
  readonly items: readonly YamlValue[] | undefined;
  /** undefined when it is no map. */
  readonly fields: ReadonlyMap<string, YamlField> | undefined;
}

export interface YamlField {
  /** Where its key stands. */
  readonly at: Position;
  readonly value: YamlValue;
  /** The key stood there before, with another value, which does not count. */
  readonly isTwice: boolean;
}

const errorAt = (file: string, { line, column }: Position, message: string, hint?: string): ConfigError =>
  new ConfigError(`${printable(file)}:${line}:${column}: ${message}`, hint === undefined ? {} : { hint });

/** The parser calls itself for each level, and keeps what it could not finish: a file that only opens lists would fill the memory. */
const tellDepth = (text: string, file: string): void => {
  let flow = 0; // [ and { that are open
  let inline = 0; // - and ? on this line
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow++;
    else if (token === ']' || token === '}') flow--;
    else if (token === '-' || token === '?') inline++;
    else if (token === '\n' || token === '\r\n') inline = 0;
    if (flow > MAX_DEPTH || inline > MAX_DEPTH)
      throw new ConfigError(`${printable(file)}: nested more than ${MAX_DEPTH} deep`, { hint: 'is it the right file?' });
  }
};

/**
 * Reads YAML 1.2. Values are looked at when they are asked for, so that aliases of aliases cost nothing.
 * @throws {ConfigError} when it is not YAML; the values throw it for an alias too many
 */
export const parseYaml = (text: string, file: string): YamlValue => {
  tellDepth(text, file);
  const counter = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // uniqueKeys would compare each key with all before it.
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: false, prettyErrors: false });
  const [error] = document.errors;
  // The library's message goes on with lines of the file, which may hold a secret.
  if (error !== undefined) throw errorAt(file, positionOf(error.pos[0]), `not YAML: ${printable(error.message.split('\n', 1)[0] ?? '')}`);
  let aliases = 0;
  const valueOf = (given: unknown, from: Position): YamlValue => {
    const node = isNode(given) ? given : undefined;
    const at = node?.range === undefined || node.range === null ? from : positionOf(node.range[0]);
    if (!isAlias(node)) return builtOf(node, at);
    if (++aliases > MAX_ALIASES) throw errorAt(file, at, `more than ${MAX_ALIASES} aliases`);
    const target = node.resolve(document);
    if (target === undefined) throw errorAt(file, at, 'not YAML: an alias of nothing');
    return builtOf(target, at);
  };
  const builtOf = (node: Node | undefined, at: Position): YamlValue => ({
    at,
    scalar: isScalar(node) ? scalarOf(node.value) : isMap(node) || isSeq(node) ? undefined : null,
    get items() {
      return isSeq(node) ? node.items.map((item) => valueOf(item, at)) : undefined;
    },
    get fields() {
      return isMap(node) ? fieldsOf(node.items, at) : undefined;
    },
  });
  const fieldsOf = (pairs: readonly { readonly key: unknown; readonly value: unknown }[], at: Position): ReadonlyMap<string, YamlField> => {
    const fields = new Map<string, YamlField>();
    for (const pair of pairs) {
      const key = valueOf(pair.key, at);
      const name = String(key.scalar);
      fields.set(name, { at: key.at, value: valueOf(pair.value, key.at), isTwice: fields.has(name) });
    }
    return fields;
  };
  return valueOf(document.contents, { line: 1, column: 1 });
};

const scalarOf = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
