import type { Replaced } from './guard.ts';

// Names of files, branches and people take less than a text does: what is put in place of a finding keeps to letters, digits, dots and hyphens,
// so that it is a name on every system.

const MASK = 'redacted';
/** Names that mean something to git or to a file system. */
const TAKEN = /^(?:\.{0,2}|\.git|git~\d+|con|prn|aux|nul|com\d|lpt\d)$/i;

/** What stands in a name for a finding. */
export const nameOf = (replacement: Uint8Array): string => {
  const kept = Buffer.from(replacement)
    .toString('utf8')
    .replaceAll(/[^A-Za-z0-9._]+/g, '-')
    .replaceAll(/\.\.+/g, '.')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return kept === '' ? MASK : kept;
};

/**
 * The last part of a path with the findings of the whole path taken out of it, latin1. Of a finding that begins in a folder's name only the end is this part's.
 * @param edits of the path; disjoint, ascending
 */
export const lastPartOf = (path: Buffer, { edits }: Pick<Replaced, 'edits'>): string => {
  const from = path.lastIndexOf(0x2f) + 1;
  let out = '';
  let done = from;
  for (const { start, end, bytes } of edits) {
    if (end <= from) continue;
    out += path.toString('latin1', done, Math.max(done, start)) + nameOf(bytes);
    done = end;
  }
  out += path.toString('latin1', done);
  return TAKEN.test(out) ? MASK : out;
};

/** A text in which findings became names: a person's name, an address, a ref. */
export const withNames = (text: Buffer, { edits }: Pick<Replaced, 'edits'>): Buffer => {
  const parts: Buffer[] = [];
  let done = 0;
  for (const { start, end, bytes } of edits) {
    parts.push(text.subarray(done, start), Buffer.from(nameOf(bytes)));
    done = end;
  }
  return Buffer.concat([...parts, text.subarray(done)]);
};

/** Of git's check-ref-format, what a replacement could break. */
export const safeRef = (name: string): string =>
  name
    .split('/')
    .map((part) => part.replace(/^[.-]+/, '').replace(/(?:\.lock)+$|\.+$/, ''))
    .map((part) => (part === '' ? MASK : part))
    .join('/');

/** A name that is not among `taken` yet: `name`, `name-2`, `name-3`, … It counts as taken from then on. */
export const freeName = (name: string, taken: Set<string>): string => {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  taken.add(free);
  return free;
};
