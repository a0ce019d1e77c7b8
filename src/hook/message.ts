import type { TargetMessage } from '../check.ts';
import type { Finding } from '../report/finding.ts';
import { placeFingerprint } from '../report/fingerprint.ts';

/** What decides which lines of a message file git takes out. */
export interface Stripping {
  /** False: git was given the message and starts no editor. */
  readonly edited: boolean;
  readonly cleanup: string | undefined;
  /** What a comment begins with, or `auto`. */
  readonly comment: string | undefined;
  readonly verbose: boolean;
}

// wt-status.c of git: the line below which it puts the diff.
const CUT = / -{24} >8 -{24}$/;
/** Of which git takes the first that no line begins with, where `core.commentChar` is `auto` (builtin/commit.c). */
const AUTO = '#;@!$%^&|:';
const COMBINED = /^\S+ This is a combination of \d+ commits\.\r?$/;

const isAsciiText = (bytes: Uint8Array, from: number): boolean => {
  const pairs = Math.min(bytes.length - 1, 512);
  let zeros = 0;
  for (let at = from; at < pairs; at += 2) if (bytes[at] === 0) zeros++;
  return zeros * 4 >= pairs;
};

/** The encoding that the bytes themselves tell; undefined: none that is not UTF-8. */
const toldBy = (bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes.length < 4) return undefined;
  if (isAsciiText(bytes, 1)) return 'utf-16le';
  return isAsciiText(bytes, 0) ? 'utf-16be' : undefined;
};

/** The text of a message file; undefined where it is not UTF-8 and only the repository's settings can say what it is. */
export const decodeMessage = (bytes: Uint8Array): string | undefined => {
  const told = toldBy(bytes);
  if (told !== undefined) return new TextDecoder(told).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** @param encoding as `i18n.commitEncoding` names it; one that nobody knows is read as Latin-1, in which each byte is a character */
export const decodeAs = (bytes: Uint8Array, encoding: string | undefined): string => {
  try {
    return new TextDecoder(encoding ?? 'latin1').decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
};

const commentOf = (comment: string | undefined, lines: readonly string[]): string => {
  if (comment !== 'auto') return comment === undefined || comment === '' ? '#' : comment;
  const help = lines.find((line) => AUTO.includes(line[0] ?? ' ') && (CUT.test(line.slice(1)) || line.startsWith(' Please enter', 1)));
  return help?.[0] ?? '#';
};

/** The row of the line below which git takes everything out; undefined where there is none. */
const cutRow = (lines: readonly string[], comment: string): number | undefined => {
  const row = lines.findIndex((line) => line.startsWith(comment) && CUT.test(line) && line.length === comment.length + 53);
  return row < 0 ? undefined : row;
};

/** A message file without what stands below git's scissors, as they are where nobody set another comment character. */
export const aboveScissors = (text: string): string => {
  if (!text.includes(' >8 ')) return text;
  const lines = text.split('\n');
  const row = lines.findIndex((line) => AUTO.includes(line[0] ?? ' ') && line.length === 54 && CUT.test(line.slice(1)));
  return row < 0 ? text : lines.slice(0, row).join('\n');
};

/** Tells by its row, from 0, whether git takes a line of a message file out. */
export const strippedRows = (text: string, { edited, cleanup, comment: told, verbose }: Stripping): ((row: number) => boolean) => {
  const lines = text.split('\n');
  const comment = commentOf(told, lines);
  // Without an editor git takes `scissors` for `whitespace` (sequencer.c, get_cleanup_mode).
  const end = (verbose || edited ? cutRow(lines, comment) : undefined) ?? lines.length;
  const strips = cleanup === 'strip' || ((cleanup === undefined || cleanup === 'default') && edited);
  return (row) => row >= end || (strips && lines[row]?.startsWith(comment) === true);
};

/** Findings in what will be part of the message. One that goes on in a line that stays is one. */
export const inMessage = (findings: readonly Finding[], isStripped: (row: number) => boolean): readonly Finding[] =>
  findings.filter(({ line, endLine = line }) => {
    if (line === undefined || endLine === undefined) return true;
    for (let row = line - 1; row < endLine; row++) if (!isStripped(row)) return true;
    return false;
  });

interface Subject {
  readonly text: string;
  readonly row: number;
}

/** The first line that stays and is not blank; undefined where there is none. */
export const subjectOf = (text: string, isStripped: (row: number) => boolean): Subject | undefined => {
  for (const [row, line] of text.split('\n').entries()) if (line.trim() !== '' && !isStripped(row)) return { text: line.trim(), row };
  return undefined;
};

/** Git's own subjects, and those that a rebase takes away. */
const OWN = /^(?:Merge |Revert "|Reapply "|(?:fixup|squash|amend)! )/;

/** True where a subject is git's own or begins as one is asked to: `feat: …`, `feat(parser)!: …`. */
export const isAllowedSubject = (subject: string, prefixes: readonly string[]): boolean => {
  if (OWN.test(subject) || COMBINED.test(subject)) return true;
  const [, word] = /^([\w.-]+)(?:\([^()]+\))?!?: *\S/.exec(subject) ?? [];
  return word !== undefined && prefixes.includes(word);
};

const RULE = 'hook/prefix';

/** What is said of a subject that begins otherwise. It is not repeated: nobody knows what it holds. */
export const prefixFinding = ({ row }: Pick<Subject, 'row'>, prefixes: readonly string[], commit?: string): Finding => {
  const [first = 'feat'] = prefixes;
  return {
    rule: RULE,
    severity: 'error',
    message: `the subject begins with none of ${prefixes.join(', ')}`,
    hint: `write \`${first}: …\`, with a scope \`${first}(parser): …\`, where something breaks \`${first}!: …\``,
    ...(commit === undefined ? {} : { commit }),
    line: row + 1,
    column: 1,
    fingerprint: placeFingerprint(RULE, commit ?? '', '', 0),
  };
};

/** Commits whose subjects begin otherwise: what commit-msg did not see. Tags may begin as they like. */
export const wrongSubjects = (messages: readonly TargetMessage[], prefixes: readonly string[]): readonly Finding[] =>
  messages.flatMap(({ commit, tag, text }) => {
    const subject = subjectOf(text, () => false);
    const isFine = tag === true || subject === undefined || prefixes.length === 0 || isAllowedSubject(subject.text, prefixes);
    return isFine ? [] : [prefixFinding(subject, prefixes, commit)];
  });
