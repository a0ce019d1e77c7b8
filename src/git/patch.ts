import { encodePath } from './paths.ts';

export type Ranges = readonly (readonly [first: number, last: number])[];

/** One file of a diff as git prints it with `--raw -z -p -U0`. */
export interface FileDiff {
  readonly path: string;
  /** Git's letter: A, M, D, T, U. */
  readonly status: string;
  readonly mode: number;
  /** Object name of the new content, all zeros when there is none. */
  readonly oid: string;
  /** Lines that are new; undefined when git compared no lines (binary) or when the whole file is new. */
  readonly added: Ranges | undefined;
}

export interface Diff {
  /** What git printed above it: the commit. Empty for a single diff. */
  readonly header: string;
  readonly files: readonly FileDiff[];
}

interface Draft {
  readonly path: string;
  readonly status: string;
  readonly mode: number;
  readonly before: string;
  readonly oid: string;
  added: (readonly [number, number])[];
  binary: boolean;
}

const NUL = 0;
const NEWLINE = 0x0a;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
// Long enough for every line of a patch header but the names, which are not read.
const LINE_BYTES = 4096;

interface State {
  readonly headers: boolean;
  readonly done: Diff[];
  header: string;
  open: boolean;
  part: 'raw' | 'patch';
  drafts: Draft[];
  /** The drafts in the order of their patches, and which patch is being read. */
  patches: Draft[];
  current: number;
  /** Lines of the hunk that are still to come, and whether one of them is cut. */
  lines: number;
  inLine: boolean;
  /** Names and patches have fitted together so far. */
  sound: boolean;
}

export interface DiffParser {
  /** The diffs that this piece completes. */
  feed(piece: Buffer): readonly Diff[];
  /** The last diff. */
  end(): readonly Diff[];
}

/**
 * Reads the output of `git diff-tree --stdin` or `diff-index` with `-z --raw -p -U0`, piece by piece and without holding lines of content.
 * Names come from the raw part, in whose order the patches follow; the lines of a hunk are counted, never interpreted, so no content
 * can pass for a header.
 * @param headers each diff begins with the name of its commit
 */
export function createDiffParser(headers: boolean): DiffParser {
  const state: State = {
    headers,
    done: [],
    header: '',
    open: !headers,
    part: 'raw',
    drafts: [],
    patches: [],
    current: -1,
    lines: 0,
    inLine: false,
    sound: true,
  };
  let rest: Buffer = Buffer.alloc(0);
  return {
    feed(piece) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let at = 0;
      while (at < bytes.length) {
        const next = step(state, bytes, at);
        if (next < 0) break;
        at = next;
      }
      rest = bytes.subarray(at);
      return state.done.splice(0);
    },
    end() {
      if (rest.length > 0 || state.lines > 0) state.sound = false;
      finish(state);
      state.open = false;
      return state.done.splice(0);
    },
  };
}

/** One step from `at`; gives back where the next begins, or -1 when the bytes do not suffice. */
function step(state: State, bytes: Buffer, at: number): number {
  if (state.lines > 0 || state.inLine) return skipHunk(state, bytes, at);
  const mayBeHeader = state.headers && (state.part === 'patch' || bytes[at] !== COLON);
  const nameEnd = mayBeHeader ? endOfName(bytes, at) : undefined;
  if (nameEnd === 'unknown') return -1;
  if (nameEnd !== undefined) {
    begin(state, bytes.toString('latin1', at, nameEnd));
    return nameEnd + 1;
  }
  if (state.part === 'raw') return readRaw(state, bytes, at);
  const newline = bytes.indexOf(NEWLINE, at);
  if (newline < 0) return -1;
  readLine(state, bytes.toString('latin1', at, Math.min(newline, at + LINE_BYTES)));
  return newline + 1;
}

function begin(state: State, header: string): void {
  finish(state);
  Object.assign(state, { header, open: true, part: 'raw', drafts: [], patches: [], current: -1, sound: true });
}

function finish(state: State): void {
  if (!state.open) return;
  const sound = state.sound && state.current === state.patches.length - 1;
  state.done.push({ header: state.header, files: state.drafts.map((draft) => close(draft, sound)) });
}

/** Skips lines of a hunk; gives back where it stopped. */
function skipHunk(state: State, bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && (state.lines > 0 || state.inLine)) {
    // `\ No newline at end of file` belongs to the line before it.
    if (!state.inLine && bytes[at] !== BACKSLASH) state.lines--;
    const newline = bytes.indexOf(NEWLINE, at);
    state.inLine = newline < 0;
    at = state.inLine ? bytes.length : newline + 1;
  }
  return at;
}

function readRaw(state: State, bytes: Buffer, at: number): number {
  if (bytes[at] === NUL) {
    state.part = 'patch';
    return at + 1;
  }
  const metaEnd = bytes.indexOf(NUL, at);
  const pathEnd = metaEnd < 0 ? -1 : bytes.indexOf(NUL, metaEnd + 1);
  if (pathEnd < 0) return -1;
  const draft = parseRaw(bytes.toString('latin1', at, metaEnd), bytes.subarray(metaEnd + 1, pathEnd));
  state.drafts.push(draft);
  // A file that becomes a link is printed as removed and made anew; an unmerged one has no patch.
  if (draft.status !== 'U') state.patches.push(draft);
  if (draft.status === 'T') state.patches.push(draft);
  return pathEnd + 1;
}

function readLine(state: State, line: string): void {
  const draft = state.patches[state.current];
  if (line.startsWith('diff --git ')) state.current++;
  else if (line.startsWith('@@ ')) readHunkHeader(state, draft, line);
  else if (line.startsWith('Binary files ')) {
    if (draft !== undefined) draft.binary = true;
  } else if (line.startsWith('index ')) {
    const [before, after] = (/^index ([0-9a-f]+)\.\.([0-9a-f]+)/.exec(line) ?? []).slice(1);
    const zero = '0'.repeat(draft?.oid.length ?? 0);
    const expected = draft?.status === 'T' ? [draft.before, zero, draft.oid] : [draft?.before, draft?.oid];
    if (!expected.includes(before) || !expected.includes(after)) state.sound = false;
  }
}

function readHunkHeader(state: State, draft: Draft | undefined, line: string): void {
  const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (hunk === null || draft === undefined) {
    state.sound = false;
    return;
  }
  const [, removed = '1', start = '', count = '1'] = hunk;
  const first = Number(start);
  state.lines = Number(removed) + Number(count);
  if (Number(count) > 0) draft.added.push([first, first + Number(count) - 1]);
}

/** Where the object name that begins here ends, when a NUL follows it; 'unknown' while that cannot be told. */
function endOfName(bytes: Buffer, at: number): number | 'unknown' | undefined {
  let end = at;
  while (end < bytes.length && isHex(bytes[end] ?? 0)) end++;
  if (end === bytes.length && end - at <= 64) return 'unknown';
  return bytes[end] === NUL && (end - at === 40 || end - at === 64) ? end : undefined;
}

const isHex = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);

function parseRaw(meta: string, path: Buffer): Draft {
  const [, mode = '', before = '', oid = '', status = ''] = meta.split(' ');
  return { path: encodePath(path), status: status.slice(0, 1), mode: Number.parseInt(mode, 8), before, oid, added: [], binary: false };
}

/** When patches and names do not fit together, all counts as new: too much is looked at, never too little. */
function close({ path, status, mode, oid, added, binary }: Draft, sound: boolean): FileDiff {
  return { path, status, mode, oid, added: binary || !sound || status === 'A' ? undefined : added };
}
