import type { Span } from './characters.ts';

// Unified diffs as git, diff and mail carry them: git-diff(1), "generate patch text with -p", and git-format-patch(1).

/** Lines of a patch that are read as one text: a side of a hunk, a message, or what must stay as it is. */
export interface PatchText {
  readonly kind: 'side' | 'message' | 'fixed';
  /** Of the file, for sides. */
  readonly path: string;
  /** Where its lines stand in the patch, without prefix and line feed. */
  readonly lines: readonly Span[];
}

export interface Patch {
  readonly texts: readonly PatchText[];
  /** What may be changed: content of lines, in their order. */
  readonly open: readonly Span[];
  /** Lines that name blobs, with their line feed, and the part of the patch that is about their file. */
  readonly blobs: readonly { readonly line: Span; readonly section: Span }[];
}

const HEADER =
  /^(?:index |--- |\+\+\+ |old mode |new mode |mode |deleted file mode |new file mode |copy (?:from|to) |rename (?:from|to) |similarity index |dissimilarity index |Binary files |GIT binary patch)/;
const HUNK = /^(@@+) (-.*?) \1/;
const MAIL = /^From [0-9a-f]{40,64} /;
const LOGGED = /^(?:commit [0-9a-f]{7,64}|(?:Author|AuthorDate|Commit|CommitDate|Date|Merge|tree|parent):? )/;

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** The path of a `---` or `+++` line, as snapshots write it; undefined for /dev/null. @param text latin1 */
const pathOf = (text: string): string | undefined => {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  const raw =
    quoted === undefined
      ? (text.split('\t')[0] ?? '').trimEnd()
      : quoted.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
          String.fromCharCode(/^[0-7]{3}$/.test(code) ? Number.parseInt(code, 8) : (ESCAPES[code] ?? code.charCodeAt(0))),
        );
  if (raw === '/dev/null') return undefined;
  return Buffer.from(raw, 'latin1')
    .toString('utf8')
    .replace(/^[abciow]\//, '')
    .replaceAll('%', '%25');
};

const numbers = (ranges: string): readonly number[] => ranges.split(' ').map((range) => Number(/,(\d+)/.exec(range)?.[1] ?? 1));

/** The sides of a hunk: lines with another prefix than the mark of a side belong to it. */
interface Hunk {
  readonly columns: number;
  readonly left: number[];
  readonly sides: Span[][];
}

/** What a line of a patch is. `note`: "\\ No newline at end of file"; `logged`: what `git log` writes about a commit. */
type Kind = 'message' | 'logged' | 'mail' | 'subject' | 'header' | 'binary' | 'hunk' | 'line' | 'note';

interface Line {
  readonly start: number;
  /** Without the line feed. */
  readonly stop: number;
  readonly next: number;
  /** Its beginning, latin1. */
  readonly text: string;
}

const ofMessage = (before: Kind, { text, start, stop }: Line): Kind => {
  if (MAIL.test(text)) return 'mail';
  if (before === 'mail' || before === 'subject') {
    if (stop === start) return 'message';
    if (text.startsWith('Subject: ') || (before === 'subject' && /^[ \t]/.test(text))) return 'subject';
    return 'mail';
  }
  return LOGGED.test(text) ? 'logged' : 'message';
};

/** @param before the line before @param isPair the next line begins with `+++ ` */
const kindOf = (before: Kind, line: Line, isPair: boolean): Kind => {
  const { text } = line;
  if (text.startsWith('diff --') || (text.startsWith('--- ') && isPair && before !== 'header')) return 'header';
  const inHunks = before === 'hunk' || before === 'line' || before === 'note';
  if ((inHunks || before === 'header') && HUNK.test(text)) return 'hunk';
  if (inHunks && text.startsWith('\\')) return 'note';
  if (before === 'header' && HEADER.test(text)) return text.startsWith('GIT binary patch') ? 'binary' : 'header';
  if (before === 'binary' && !MAIL.test(text) && !LOGGED.test(text) && text !== '-- ') return 'binary';
  return ofMessage(before, line);
};

const CHARACTERS = 4096; // of a line that say what it is

function* linesOf(bytes: Uint8Array): Generator<Line, void, void> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start < buffer.length;) {
    const feed = buffer.indexOf(10, start);
    const stop = feed < 0 ? buffer.length : feed;
    yield {
      start,
      stop,
      next: Math.min(buffer.length, stop + 1),
      text: buffer.toString('latin1', start, Math.min(stop, start + CHARACTERS)),
    };
    start = stop + 1;
  }
}

const hunkOf = ({ text, start, stop }: Line): Hunk & { readonly head: Span; readonly heading: Span } => {
  const [whole = '', mark = '@@', ranges = ''] = HUNK.exec(text) ?? [];
  const left = numbers(ranges);
  const heading: Span = [start + whole.length, stop];
  const sides = left.map(() => (heading[1] > heading[0] ? [heading] : []));
  return { columns: mark.length - 1, left: [...left], sides, head: [start, start + whole.length], heading };
};

/** The content of a line, put to the sides that have it; undefined: the hunk has ended before it. */
const takeLine = ({ columns, left, sides }: Hunk, { start, stop, text }: Line): Span | undefined => {
  const prefix = text.slice(0, columns).padEnd(columns, ' '); // mail takes white space away at the end of a line
  if (left.every((count) => count <= 0) || !/^[ +-]+$/.test(prefix)) return undefined;
  const content: Span = [Math.min(stop, start + columns), stop];
  const isGone = prefix.includes('-');
  for (const [i, lines] of sides.entries()) {
    // Column i is about parent i; the last side is the outcome.
    const has = i === columns ? !isGone : isGone ? prefix[i] === '-' : prefix[i] !== '+';
    if (!has) continue;
    lines.push(content);
    left[i] = (left[i] ?? 0) - 1;
  }
  return content;
};

export const parsePatch = (bytes: Uint8Array): Patch => {
  const texts: PatchText[] = [];
  const open: Span[] = [];
  const fixed: Span[] = [];
  const blobs: { readonly line: Span; readonly section: Span }[] = [];
  let named: Span[] = []; // lines of blobs in the section at hand
  let message: Span[] = [];
  let section = 0;
  let path = '';
  let hunk: Hunk | undefined;
  let before: Kind = 'message';
  const endMessage = (): void => {
    if (message.length > 0) texts.push({ kind: 'message', path: '', lines: message });
    message = [];
  };
  const endHunk = (): void => {
    for (const lines of hunk?.sides ?? []) if (lines.length > 0) texts.push({ kind: 'side', path, lines });
    hunk = undefined;
  };
  const endSection = (at: number): void => {
    endHunk();
    for (const line of named) blobs.push({ line, section: [section, at] });
    named = [];
    section = at;
  };
  const header = ({ start, stop, next, text }: Line): void => {
    if (text.startsWith('index ')) named.push([start, next]);
    if (/^(?:---|\+\+\+) /.test(text)) path = pathOf(text.slice(4)) ?? path;
    fixed.push([start, stop]);
  };
  const put = (kind: Kind, line: Line): void => {
    const { start, stop, text } = line;
    switch (kind) {
      case 'header':
        if (text.startsWith('diff --') || before !== 'header') {
          endMessage();
          endSection(start);
        }
        header(line);
        return;
      case 'hunk': {
        endHunk();
        const begun = hunkOf(line);
        fixed.push(begun.head);
        if (begun.heading[1] > begun.heading[0]) open.push(begun.heading);
        hunk = begun;
        return;
      }
      case 'message':
      case 'subject': {
        if (before === 'mail' || before === 'subject') endMessage();
        const content: Span = [text.startsWith('Subject: ') && kind === 'subject' ? start + 'Subject: '.length : start, stop];
        message.push(content);
        open.push(content);
        break;
      }
      case 'mail':
      case 'logged':
        endMessage();
        fixed.push([start, stop]);
        break;
      default:
        fixed.push([start, stop]);
        return;
    }
    if (hunk !== undefined || named.length > 0) endSection(start);
  };
  const lines = [...linesOf(bytes)];
  for (const [i, line] of lines.entries()) {
    const content = hunk === undefined ? undefined : takeLine(hunk, line);
    if (content !== undefined) open.push(content);
    const kind: Kind = content === undefined ? kindOf(before, line, lines[i + 1]?.text.startsWith('+++ ') === true) : 'line';
    if (kind !== 'line') put(kind, line);
    before = kind;
  }
  endMessage();
  endSection(bytes.length);
  if (fixed.length > 0) texts.push({ kind: 'fixed', path: '', lines: fixed });
  return { texts, open, blobs };
};
