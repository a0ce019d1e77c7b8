import { parse } from 'smol-toml';

export type TomlPath = readonly (string | number)[];

/** Offsets in UTF-16 units. For an element of an array, `key` is where the element begins; for a `[table]`, `value` is its key. */
export interface Spot {
  readonly key: number;
  readonly value: number;
}

interface Place {
  readonly key: number;
  value: number | undefined;
  children: Map<string | number, Place> | undefined;
  /** How many `[[tables]]` of this name there were so far. */
  elements: number;
}

interface KeyPart {
  readonly name: string;
  readonly at: number;
}

const skipBlank = (text: string, at: number): number => {
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
};

const skipLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** Past white space, line ends and comments. */
const skipVoid = (text: string, at: number): number => {
  for (;;) {
    const char = text[at];
    if (char === '#') at = skipLine(text, at);
    else if (char === ' ' || char === '\t' || char === '\n' || char === '\r') at++;
    else return at;
  }
};

const skipString = (text: string, at: number): number => {
  const quote = text[at] ?? '';
  const many = text.startsWith(quote.repeat(3), at);
  const close = many ? quote.repeat(3) : quote;
  at += close.length;
  const plain = text.indexOf(close, at);
  if (quote === "'" || (plain >= 0 && !text.slice(at, plain).includes('\\'))) at = plain;
  else while (at < text.length && !(text[at] === '"' && text.startsWith(close, at))) at += text[at] === '\\' ? 2 : 1;
  if (at < 0) return text.length;
  at += close.length;
  // A multi-line string may end in one or two quotes of its own.
  if (many) for (let extra = 0; extra < 2 && text[at] === quote; extra++) at++;
  return at;
};

const SCALAR_END = /[,\]}#\n]/g;

const skipValue = (text: string, at: number): number => {
  let depth = 0;
  do {
    const char = text[at];
    if (char === '"' || char === "'") at = skipString(text, at);
    else if (char === '#') at = skipLine(text, at);
    else if (char === '[' || char === '{') [depth, at] = [depth + 1, at + 1];
    else if (char === ']' || char === '}') [depth, at] = [depth - 1, at + 1];
    else if (depth > 0) at++;
    else {
      SCALAR_END.lastIndex = at;
      return SCALAR_END.exec(text)?.index ?? text.length;
    }
  } while (depth > 0 && at < text.length);
  return at;
};

/** The place behind the value that begins at `at`, in a text that smol-toml accepted. */
export const valueEnd = (text: string, at: number): number => skipValue(text, at);

const keyName = (raw: string): string => {
  if (raw.startsWith("'")) return raw.slice(1, -1);
  if (!raw.startsWith('"')) return raw;
  if (!raw.includes('\\')) return raw.slice(1, -1);
  const { v: unescaped } = parse(`v = ${raw}`);
  return typeof unescaped === 'string' ? unescaped : raw;
};

const BARE_END = /[^A-Za-z0-9_-]|$/g;

/** A key with its dotted parts; `end` is the place of the `=` or `]` behind it. */
const readKey = (text: string, at: number): { readonly parts: readonly KeyPart[]; readonly end: number } => {
  const parts: KeyPart[] = [];
  for (;;) {
    at = skipBlank(text, at);
    const start = at;
    if (text[at] === '"' || text[at] === "'") at = skipString(text, at);
    else {
      BARE_END.lastIndex = at;
      at = BARE_END.exec(text)?.index ?? text.length;
    }
    parts.push({ name: keyName(text.slice(start, at)), at: start });
    at = skipBlank(text, at);
    if (text[at] !== '.') return { parts, end: at };
    at++;
  }
};

const childOf = (parent: Place, name: string | number, key: number): Place => {
  parent.children ??= new Map();
  let child = parent.children.get(name);
  if (child === undefined) parent.children.set(name, (child = { key, value: undefined, children: undefined, elements: 0 }));
  return child;
};

const openTable = (root: Place, parts: readonly KeyPart[], start: number, isElement: boolean): Place => {
  let table = root;
  for (const [i, part] of parts.entries()) {
    table = childOf(table, part.name, part.at);
    if (isElement && i === parts.length - 1) table = childOf(table, table.elements++, start);
    else if (table.elements > 0) table = childOf(table, table.elements - 1, start);
  }
  return table;
};

/** Tables and pairs of the text. What lies within a value is looked up when asked for: a file may be one array of a million numbers. */
const readPlaces = (text: string): Place => {
  const root: Place = { key: 0, value: undefined, children: undefined, elements: 0 };
  let table = root;
  let at = skipVoid(text, 0);
  while (at < text.length) {
    if (text[at] === '[') {
      const isElement = text[at + 1] === '[';
      const brackets = isElement ? 2 : 1;
      const { parts, end } = readKey(text, at + brackets);
      table = openTable(root, parts, at, isElement);
      at = end + brackets;
    } else {
      const { parts, end } = readKey(text, at);
      let pair = table;
      for (const part of parts) pair = childOf(pair, part.name, part.at);
      pair.value = skipBlank(text, end + 1);
      at = skipValue(text, pair.value);
    }
    at = skipVoid(text, at);
  }
  return root;
};

const withinArray = (text: string, at: number, path: TomlPath): Spot | undefined => {
  at = skipVoid(text, at + 1);
  for (let i = 0; at < text.length && text[at] !== ']'; i++) {
    if (i === path[0]) return path.length === 1 ? { key: at, value: at } : within(text, at, path.slice(1));
    at = skipVoid(text, skipValue(text, at));
    if (text[at] === ',') at = skipVoid(text, at + 1);
  }
  return undefined;
};

const withinTable = (text: string, at: number, path: TomlPath): Spot | undefined => {
  at = skipVoid(text, at + 1);
  while (at < text.length && text[at] !== '}') {
    const { parts, end } = readKey(text, at);
    const value = skipBlank(text, end + 1);
    const differs = parts.findIndex((part, i) => part.name !== path[i]);
    const same = differs < 0 ? parts.length : differs;
    const last = parts[same - 1];
    if (last !== undefined && same === path.length) return { key: last.at, value: differs < 0 ? value : last.at };
    if (differs < 0) return within(text, value, path.slice(same));
    at = skipVoid(text, skipValue(text, value));
    if (text[at] === ',') at = skipVoid(text, at + 1);
  }
  return undefined;
};

const within = (text: string, at: number, path: TomlPath): Spot | undefined => {
  if (text[at] === '[') return withinArray(text, at, path);
  return text[at] === '{' ? withinTable(text, at, path) : undefined;
};

/**
 * Finds keys and values in a text that smol-toml accepted; in another text the answers mean nothing, but come.
 * The text is read at the first question.
 */
export const findPlaces = (text: string): ((path: TomlPath) => Spot | undefined) => {
  let root: Place | undefined;
  return (path) => {
    let place: Place = (root ??= readPlaces(text));
    for (const [i, step] of path.entries()) {
      const child = place.children?.get(step);
      if (child === undefined) return place.value === undefined ? undefined : within(text, place.value, path.slice(i));
      place = child;
    }
    return { key: place.key, value: place.value ?? place.key };
  };
};
