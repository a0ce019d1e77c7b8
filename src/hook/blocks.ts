import { createHash } from 'node:crypto';

// A block of ours in a hook file, in bytes. Its first line is `# >>> kei-git LABEL`, its last `# <<< kei-git LABEL DIGEST`: the digest of what
// stands between tells an older block of ours from one that a person changed.

const LF = 0x0a;
const BEGIN = /^# >>> kei-git (.+?)\r?$/;
const END = /^# <<< kei-git (.+?) ([0-9a-f]{8})( newline)?\r?$/;

const SHELLS = '(?:sh|ash|dash|bash|zsh|ksh|ksh93|mksh|busybox[ \\t]+sh)(?:\\.exe)?';
// Without -c, -n, -r, -s and -t: with them a file does not run as it reads.
const OPTION = '(?:[-+][abefhiklmpuvxBCEHP]+|[-+][abefhiklmpuvxBCEHP]*o[ \\t]+\\w+|--(?:posix|login|noprofile|norc)|--?)';
const SHEBANG = new RegExp(
  `^#![ \\t]*(?:\\S*[\\\\/])?(?:env(?:\\.exe)?[ \\t]+(?:-S[ \\t]+)?(?:\\S*[\\\\/])?)?${SHELLS}(?:[ \\t]+${OPTION})*[ \\t]*\\r?$`,
);

/** Text whose characters are the bytes. */
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const firstLine = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(LF);
  return textOf(bytes.subarray(0, end === -1 ? undefined : end));
};

/**
 * True for a file that a shell of the Bourne family runs from its first line to its last. One without `#!` is such a file: git has sh run it. One
 * with a NUL is none: it may read its own end by its place.
 */
export const isShellFile = (bytes: Uint8Array): boolean => {
  if (bytes.includes(0)) return false;
  const line = firstLine(bytes);
  return line.startsWith('#!') ? SHEBANG.test(line) : !line.startsWith('\u00ef\u00bb\u00bf');
};

const digest = (body: string, newline: boolean): string =>
  createHash('sha256')
    .update(`${newline ? 'newline' : ''}\0${body.replaceAll('\r\n', '\n')}`, 'latin1')
    .digest('hex')
    .slice(0, 8);

interface Block {
  readonly label: string;
  /** From the first byte of the first line to behind the last one. */
  readonly start: number;
  readonly end: number;
  /** The newline before it is ours too. */
  readonly newline: boolean;
  /** Nobody changed it. */
  readonly intact: boolean;
}

/** The blocks in a text. A first line whose last line is missing is one that was changed. */
const blocksIn = (text: string): readonly Block[] => {
  const blocks: Block[] = [];
  let open: { readonly label: string; readonly start: number; readonly body: number } | undefined;
  const leave = (): void => {
    if (open !== undefined) blocks.push({ label: open.label, start: open.start, end: open.body, newline: false, intact: false });
    open = undefined;
  };
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(start, newline === -1 ? undefined : newline);
    const [, begun] = BEGIN.exec(line) ?? [];
    const [, ended, said, ownNewline] = END.exec(line) ?? [];
    if (begun !== undefined) {
      leave();
      open = { label: begun, start, body: next };
    } else if (ended !== undefined && open?.label === ended) {
      const before = ownNewline !== undefined;
      const intact = said === digest(text.slice(open.body, start), before) && newline !== -1 && (!before || text[open.start - 1] === '\n');
      blocks.push({ label: ended, start: before ? open.start - 1 : open.start, end: next, newline: before, intact });
      open = undefined;
    }
    start = next;
  }
  leave();
  return blocks;
};

/** A block as it stands in a file. @param block begins with `# >>> kei-git LABEL`, ends with `# <<< kei-git LABEL`, each line with \n */
export const sealBlock = (block: string, newline = false): string => {
  const lines = block.split('\n');
  const body = `${lines.slice(1, -2).join('\n')}\n`;
  const text = Buffer.from(body).toString('latin1');
  return `${lines[0] ?? ''}\n${body}${lines.at(-2) ?? ''} ${digest(text, newline)}${newline ? ' newline' : ''}\n`;
};

export interface Taken {
  readonly bytes: Buffer;
  /** Labels of the blocks that were taken out. */
  readonly labels: readonly string[];
  /** Labels of those that a person changed: they are left. */
  readonly changed: readonly string[];
}

/** A hook file without our blocks. */
export const takeBlocks = (bytes: Uint8Array, only: (label: string) => boolean = () => true): Taken => {
  const text = textOf(bytes);
  const blocks = blocksIn(text).filter(({ label }) => only(label));
  let rest = '';
  let at = 0;
  for (const { start, end } of blocks.filter(({ intact }) => intact)) {
    rest += text.slice(at, start);
    at = end;
  }
  rest += text.slice(at);
  return {
    bytes: Buffer.from(rest, 'latin1'),
    labels: blocks.filter(({ intact }) => intact).map(({ label }) => label),
    changed: blocks.filter(({ intact }) => !intact).map(({ label }) => label),
  };
};

/**
 * A shell's hook file with a block right after its `#!` line, where nothing before can end the file; blocks of ours that were in it are gone.
 * `takeBlocks` of it gives back every byte.
 * @param block see {@link sealBlock}
 */
export const putBlock = (bytes: Uint8Array, block: string): Buffer => {
  const rest = takeBlocks(bytes).bytes;
  if (!firstLine(rest).startsWith('#!')) return Buffer.concat([Buffer.from(sealBlock(block)), rest]);
  const end = rest.indexOf(LF);
  if (end === -1) return Buffer.concat([rest, Buffer.from(`\n${sealBlock(block, true)}`)]);
  return Buffer.concat([rest.subarray(0, end + 1), Buffer.from(sealBlock(block)), rest.subarray(end + 1)]);
};
