import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { ConfigError } from '../errors.ts';
import { isTable, parseToml } from '../toml.ts';
import { findPlaces, valueEnd, type TomlPath } from '../toml-places.ts';
import { parseTree, type Tree } from '../uses/tree.ts';
import { JsonError, readJson } from './json.ts';
import type { Value } from './structure.ts';

export type Language = 'toml' | 'json' | 'yaml';

/** A file that is not what it should be: where, and what is wrong. */
export type Broken = { readonly kind: 'not-read'; readonly reason: string };

/** As the file writes it: `1_000` as 1000, 1.10 with its zero. */
const tomlScalar = (value: unknown, raw: string): Value => {
  if (typeof value === 'string') return { kind: 'scalar', text: value };
  const plain = raw.trim().replaceAll('_', '').replace(/^\+/, '');
  return { kind: 'scalar', text: typeof value === 'number' && !/^-?[\d.]+(?:e[+-]?\d+)?$/i.test(plain) ? String(value) : plain };
};

const tomlValue = (value: unknown, path: TomlPath, raw: (path: TomlPath) => string): Value => {
  if (Array.isArray(value))
    return {
      kind: 'list',
      length: value.length,
      item: (index) => (index < value.length ? tomlValue(value[index], [...path, index], raw) : undefined),
    };
  if (isTable(value))
    return {
      kind: 'table',
      keys: Object.keys(value),
      value: (key) => (Object.hasOwn(value, key) ? tomlValue(value[key], [...path, key], raw) : undefined),
    };
  return tomlScalar(value, raw(path));
};

const readToml = (bytes: Uint8Array, file: string): Value => {
  const { text, value } = parseToml(bytes, file);
  const find = findPlaces(text);
  return tomlValue(value, [], (path) => {
    const spot = find(path);
    return spot === undefined ? '' : text.slice(spot.value, valueEnd(text, spot.value));
  });
};

/** As the file writes a number, 1.10 with its zero. */
const yamlScalar = (node: Node): Value => {
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (typeof value === 'string') return { kind: 'scalar', text: value };
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') return { kind: 'nothing' };
  const source = isScalar(node) ? (node.source ?? '') : '';
  return { kind: 'scalar', text: /^[-+]?\d[\d.]*(?:e[-+]?\d+)?$/i.test(source) ? source.replace(/^\+/, '') : String(value) };
};

const yamlValue = (given: unknown, tree: Tree): Value => {
  const node = given === null || given === undefined ? undefined : tree.target(given as Node); // the items of a tree are its nodes
  if (node === undefined) return { kind: 'nothing' };
  if (isSeq(node))
    return {
      kind: 'list',
      length: node.items.length,
      item: (index) => (index < node.items.length ? yamlValue(node.items[index], tree) : undefined),
    };
  if (!isMap(node)) return yamlScalar(node);
  const keyOf = (key: unknown): string | undefined => {
    const value = yamlValue(key, tree);
    return value.kind === 'scalar' ? value.text : undefined;
  };
  return {
    kind: 'table',
    keys: node.items.flatMap(({ key }) => keyOf(key) ?? []),
    value: (wanted) => {
      const pair = node.items.find(({ key }) => keyOf(key) === wanted);
      return pair === undefined ? undefined : yamlValue(pair.value, tree);
    },
  };
};

const readYaml = (bytes: Uint8Array, file: string): Value | Broken => {
  const tree = parseTree(bytes);
  const [problem] = tree.problems.filter(({ message }) => !message.startsWith('more than one document'));
  if (problem !== undefined) return { kind: 'not-read', reason: `${file}:${problem.line}:${problem.column}: ${problem.message}` };
  return yamlValue(tree.root, tree);
};

const lineOf = (text: string, offset: number): string => {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `${line}:${offset - before.lastIndexOf('\n')}`;
};

const readJsonFile = (bytes: Uint8Array, file: string): Value | Broken => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { kind: 'not-read', reason: `${file}:${lineOf(text, error.offset)}: not JSON: ${error.message}` };
  }
};

/** The values of a file. What it holds is never repeated in a reason. @param file as reasons name it */
export const readStructure = (language: Language, bytes: Uint8Array, file: string): Value | Broken => {
  if (language === 'json') return readJsonFile(bytes, file);
  if (language === 'yaml') return readYaml(bytes, file);
  try {
    return readToml(bytes, file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: 'not-read', reason: error.message };
  }
};
