import { printable } from '../report/printable.ts';

// What V8 says by itself and without quoting data. Other messages may hold what was read (JSON.parse and RegExp quote it).
const SAFE: readonly RegExp[] = [
  /^Cannot (?:read|set) properties of (?:undefined|null) \((?:reading|setting) '[A-Za-z]{1,24}'\)$/,
  /^[A-Za-z.]{1,60} is not (?:a function|iterable|defined|a constructor)$/,
  /^Maximum call stack size exceeded$/,
  /^Invalid (?:array|string|array buffer|typed array) length$/,
  /^Array buffer allocation failed$/,
  /^Cannot create a string longer than 0x[0-9a-f]+ characters$/,
];

const field = (error: Error, key: string): string | undefined => {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? printable(value) : undefined;
};

const headline = (error: Error): string => {
  const system = ['code', 'syscall', 'path'].flatMap((key) => field(error, key) ?? []);
  const name = /^\w{1,40}$/.test(error.name) ? error.name : 'Error';
  if (system.length > 0) return `${name}: ${system.join(' ')}`;
  return SAFE.some((pattern) => pattern.test(error.message))
    ? `${name}: ${error.message}`
    : `${name} (its message is left out: it may quote what was read)`;
};

const frames = (error: Error): readonly string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at .+(?::\d+:\d+\)?|\((?:<anonymous>|native)\)|<anonymous>)$/.test(line))
    .map(printable);

/** What is shown of an error that nobody foresaw: kind and place, never a message that could hold file content. */
export const bugReport = (error: unknown): string => {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 5; depth++) {
    lines.push(depth === 0 ? headline(current) : `caused by ${headline(current)}`, ...frames(current));
    current = current.cause;
  }
  if (lines.length === 0) lines.push(`a ${typeof error} was thrown`);
  return `kei-git: this is a bug, please report it\n${lines.join('\n')}\n`;
};
