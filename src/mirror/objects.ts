import { isUtf8 } from 'node:buffer';

// Commits and tags as git stores them: lines `key value`, where a line that begins with a space goes on with the one before; an empty line; the message.
// Text is held as latin1 here, a character for each byte.

/** A commit or an annotated tag, taken apart. */
export interface Parsed {
  readonly headers: readonly (readonly [key: string, value: string])[];
  readonly message: Buffer;
}

/** One entry of a tree. Trees are read and written for each commit: their bytes stay text of a character each. */
export interface TreeEntry {
  /** Octal, as git writes it: `100644`, `40000`. */
  readonly mode: string;
  /** Latin1. */
  readonly name: string;
  /** The bytes of the object name, latin1. */
  readonly id: string;
}

export const hexOf = (id: string): string => Buffer.from(id, 'latin1').toString('hex');
export const idOf = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1');

export const isTree = ({ mode }: Pick<TreeEntry, 'mode'>): boolean => mode === '40000';
export const isSubmodule = ({ mode }: Pick<TreeEntry, 'mode'>): boolean => mode === '160000';

export const parseObject = (bytes: Buffer): Parsed => {
  const blank = bytes.indexOf('\n\n');
  const end = blank < 0 ? bytes.length : blank;
  const headers: [string, string][] = [];
  for (const line of bytes.toString('latin1', 0, end).split('\n')) {
    const last = headers.at(-1);
    if (line.startsWith(' ') && last !== undefined) last[1] += `\n${line.slice(1)}`;
    else if (line !== '') headers.push([line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]);
  }
  return { headers, message: Buffer.from(bytes.subarray(blank < 0 ? bytes.length : blank + 2)) };
};

/** The first value of a header. */
export const headerOf = ({ headers }: Parsed, key: string): string | undefined => headers.find(([name]) => name === key)?.[1];

/** All values of a header, in order. */
export const headersOf = ({ headers }: Parsed, key: string): readonly string[] =>
  headers.flatMap(([name, value]) => (name === key ? [value] : []));

export const writeObject = ({ headers, message }: Parsed): Buffer =>
  Buffer.concat([Buffer.from(`${headers.map(([key, value]) => `${key} ${value}`).join('\n')}\n\n`, 'latin1'), message]);

const PLAIN: ReadonlyMap<string, string> = new Map(['100644', '100755', '40000', '120000', '160000'].map((mode) => [mode, mode]));

/** Old gits kept more rights than whether a file may run. */
const modeOf = (written: string): string => {
  const mode = written.replace(/^0+/, '');
  return mode.startsWith('100') ? ((Number.parseInt(mode, 8) & 0o100) !== 0 ? '100755' : '100644') : mode;
};

/** @param width bytes of an object name: 20 or 32 */
export const parseTree = (bytes: Buffer, width: number): readonly TreeEntry[] => {
  const text = bytes.toString('latin1');
  const entries: TreeEntry[] = [];
  for (let at = 0; at < text.length;) {
    const space = text.indexOf(' ', at);
    const zero = text.indexOf('\0', space);
    const mode = text.slice(at, space);
    entries.push({ mode: PLAIN.get(mode) ?? modeOf(mode), name: text.slice(space + 1, zero), id: text.slice(zero + 1, zero + 1 + width) });
    at = zero + 1 + width;
  }
  return entries;
};

/** Git's order: bytes, a folder's name as if it ended with a slash. */
const sortName = (entry: TreeEntry): string => (isTree(entry) ? `${entry.name}/` : entry.name);

/** The bytes of a tree. */
export const writeTree = (entries: readonly TreeEntry[]): Buffer =>
  Buffer.from(
    entries
      .toSorted((a, b) => (sortName(a) < sortName(b) ? -1 : 1))
      .map(({ mode, name, id }) => `${mode} ${name}\0${id}`)
      .join(''),
    'latin1',
  );

/** Author, committer or tagger: who and when. Latin1. */
export interface Identity {
  readonly name: string;
  readonly email: string;
  /** Seconds and zone; git's epoch where it was none. */
  readonly when: string;
}

const WHEN = /^-?\d{1,19} [-+]\d{1,6}$/;
const EPOCH = '0 +0000';

/** What would end a name or an address early. */
const plain = (text: string): string => text.replaceAll(/[<>\n\0]+/g, ' ').trim();

/** Histories hold broken ones too: what is no address or date is taken for a part of the name, and the date for git's epoch. */
export const parseIdentity = (line: string): Identity => {
  const [, name, email, when] = /^([^<>]*?) ?<([^<>]*)> ?([^<>]*)$/.exec(line) ?? [];
  if (name === undefined || email === undefined || when === undefined) return { name: plain(line), email: '', when: EPOCH };
  return { name, email, when: WHEN.test(when) ? when : EPOCH };
};

export const writeIdentity = ({ name, email, when }: Identity): string => `${plain(name)} <${plain(email)}> ${when}`;

const ENCODING = /^[A-Za-z][\w.:-]{1,19}$/;

const isAscii = (bytes: Buffer): boolean => bytes.every((byte) => byte < 0x80);

/**
 * Text of a commit in UTF-8, and the header that it still needs: an encoding that this program does not know stays as it is.
 * @param encoding what the commit says; undefined: UTF-8
 */
export const toUtf8 = (bytes: Buffer, encoding: string | undefined): { readonly bytes: Buffer; readonly encoding?: string } => {
  if (encoding === undefined || /^utf-?8$/i.test(encoding) || isAscii(bytes)) return { bytes };
  try {
    return { bytes: Buffer.from(new TextDecoder(encoding).decode(bytes)) };
  } catch {
    return ENCODING.test(encoding) && !isUtf8(bytes) ? { bytes, encoding } : { bytes };
  }
};
