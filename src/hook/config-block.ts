// A block of ours at the end of a file of git's configuration, where it holds against all that stands before. It only includes a file of ours. git
// itself may later write into its section: what it wrote is not ours.

const BEGIN = '# >>> kei-git hooks: kei-git uninstall takes this out';
const BEGIN_AFTER_NEWLINE = `${BEGIN}, and the newline before it`;
const END = '# <<< kei-git hooks';
const HEADER = '[include]';
const OUR_PATH = /^\tpath = kei-git-(?:worktree-)?hooks\/gitconfig$/;

const SECTION = /^[ \t]*\[/;
const NOTHING_SET = /^[ \t]*(?:[#;].*)?$/;

/** A value of git's configuration, in quotes. */
export const configValue = (text: string): string =>
  `"${text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`)}"`;

/**
 * A file of git's configuration with our block at its end; an older one is gone. `takeConfigBlock` of it gives back every byte.
 * @param path of the file to include, from the folder of the configuration: `kei-git-hooks/gitconfig`
 */
export const putConfigBlock = (bytes: Uint8Array, path: string): Buffer => {
  const rest = takeConfigBlock(bytes).bytes;
  const isOpen = rest.length > 0 && rest.at(-1) !== 0x0a;
  const lines = [isOpen ? `\n${BEGIN_AFTER_NEWLINE}` : BEGIN, HEADER, `\tpath = ${path}`, END, ''];
  return Buffer.concat([rest, Buffer.from(lines.join('\n'))]);
};

interface Line {
  /** Without its end. */
  readonly text: string;
  readonly raw: string;
}

const linesOf = (bytes: Uint8Array): readonly Line[] =>
  (
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g) ?? []
  ).map((raw) => ({
    raw,
    text: raw.replace(/\r?\n$/, ''),
  }));

const isBegin = ({ text }: Line): boolean => text === BEGIN || text === BEGIN_AFTER_NEWLINE;

export interface TakenConfig {
  readonly bytes: Buffer;
  /** Something of ours was in it. */
  readonly found: boolean;
}

/** Of the lines behind the first one of a block: those that are not ours. Our section stays where something else was set in it. */
const withoutBlock = (lines: readonly Line[]): readonly Line[] => {
  const end = lines.findIndex(({ text }) => text === END);
  const begin = lines.findIndex(isBegin);
  const isClosed = end !== -1 && (begin === -1 || end < begin);
  const rest = isClosed ? lines.toSpliced(end, 1) : lines;
  const at = rest.findIndex(({ text }) => SECTION.test(text));
  if (at === -1 || (isClosed && at >= end) || rest[at]?.text !== HEADER) return rest;
  const next = rest.findIndex(({ text }, index) => index > at && SECTION.test(text));
  const stop = next === -1 ? rest.length : next;
  const section = rest.slice(at + 1, stop).filter(({ text }) => !OUR_PATH.test(text));
  const stays = section.some(({ text }) => !NOTHING_SET.test(text));
  return [...rest.slice(0, stays ? at + 1 : at), ...section, ...rest.slice(stop)];
};

/** A file of git's configuration without what is ours in it. */
export const takeConfigBlock = (bytes: Uint8Array): TakenConfig => {
  let lines = linesOf(bytes);
  let found = false;
  for (let at = lines.findIndex(isBegin); at !== -1; at = lines.findIndex(isBegin)) {
    const before = lines.slice(0, at);
    const after = withoutBlock(lines.slice(at + 1));
    const last = before.at(-1);
    // The newline that was missing is taken away again, unless something came to stand behind it.
    const opens = lines[at]?.text === BEGIN_AFTER_NEWLINE && after.length === 0 && last !== undefined;
    lines = opens ? [...before.slice(0, -1), { ...last, raw: last.raw.replace(/\n$/, '') }] : [...before, ...after];
    found = true;
  }
  return { bytes: found ? Buffer.from(lines.map(({ raw }) => raw).join(''), 'latin1') : Buffer.from(bytes), found };
};
