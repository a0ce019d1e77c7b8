import { printable } from '../report/printable.ts';

const WIDTH = 120;
const INDENT = '  ';

/** Half a surrogate pair cannot be written; Buffer puts U+FFFD in its place. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** A TOML basic string: `"…"`. */
export const basic = (text: string): string => JSON.stringify(wellFormed(text)).replace(/\u007f/g, String.raw`\u007f`);

/** True for what would need escapes in a multi-line literal string, or end it. */
const needsEscapes = (text: string): boolean => /'''|'$|[^\P{Cc}\t\n]/u.test(text);

/** A string as a person would write it: a literal without escapes, over several lines where it has some. */
export const literal = (given: string): string => {
  const text = wellFormed(given);
  if (needsEscapes(text)) return basic(text);
  return text.includes('\n') ? `'''\n${text}'''` : `'''${text}'''`;
};

/** A list of strings: on one line where it fits, else over several, filled. */
export const list = (texts: readonly string[], write: (text: string) => string = basic): string => {
  const items = texts.map(write);
  const flat = `[${items.join(', ')}]`;
  if (flat.length <= WIDTH - 20 && !flat.includes('\n')) return flat;
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last === undefined || last.length + item.length + 2 > WIDTH || item.includes('\n')) lines.push(`${INDENT}${item},`);
    else lines[lines.length - 1] = `${last} ${item},`;
  }
  return `[\n${lines.join('\n')}\n]`;
};

/** A list with one string a line, for expressions. */
export const column = (texts: readonly string[]): string =>
  texts.length === 1 ? list(texts, literal) : `[\n${texts.map((text) => `${INDENT}${literal(text)},`).join('\n')}\n]`;

/** Comment lines that nothing can break out of; an empty one stays empty. */
export const comments = (text: string): readonly string[] =>
  text.split(/\r?\n/).map((line) => (line === '' ? '#' : `# ${printable(line)}`));

/** A line `key = value` for each value that is given, in their order. */
export const pairs = (values: Readonly<Record<string, string | number | boolean | undefined>>): readonly string[] =>
  Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`]));
