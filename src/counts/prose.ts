import { walkBlocks } from '../markdown/blocks.ts';
import { walkInlines } from '../markdown/inline.ts';
import { joined } from '../markdown/segments.ts';

/** A paragraph or a heading of a Markdown document as words. */
export interface Passage {
  /** What is no word is a space; code and the numbers of markers are characters that stand in no text. */
  readonly text: string;
  /** The byte of the file that a place of `text` is at. */
  at(offset: number): number;
}

/** In the place of what is neither words nor nothing. */
export const OPAQUE = '\u0001';

const MARKER = /^<!--\s*(\/?)count:/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/;
const RECORDS =
  /\b(?:change\s?log|changes|history|release notes|releases?|news|what['’]?s new|roadmap|migrat\w+|archive|benchmarks?|example|examples|previous(?:ly)?|past|versionen|verlauf)\b|\bv?\d+\.\d+(?:\.\d+)?\b|\b(?:19|20)\d\d\b/i;

const lineStart = (source: string, at: number): number => source.lastIndexOf('\n', at - 1) + 1;

/** The paragraph with what is no word put out; as many characters as before. */
const wordsOf = (text: string, labels: ReadonlySet<string>): string => {
  const parts: string[] = [];
  let done = 0;
  let marked: number | undefined;
  const put = (start: number, end: number, fill: string): void => {
    if (start < done) return;
    parts.push(text.slice(done, start), fill.repeat(end - start));
    done = end;
  };
  walkInlines(text, labels, (kind, start, end) => {
    const [, slash] = kind === 'comment' ? (MARKER.exec(text.slice(start, start + 40)) ?? []) : [];
    if (slash === '') marked ??= start;
    else if (slash === '/' && marked !== undefined) {
      put(marked, end, OPAQUE);
      marked = undefined;
    } else if (marked === undefined && kind !== 'unfinished') put(start, end, kind === 'code' || kind === 'autolink' ? OPAQUE : ' ');
  });
  parts.push(text.slice(done));
  return parts.join('').replaceAll(/[[\]*~]|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])/g, (mark) => ' '.repeat(mark.length));
};

/**
 * The words of a Markdown document, passage by passage: no code, no HTML, no front matter, no quotations, and nothing of a section that tells what was,
 * by its heading.
 */
export const passagesOf = (bytes: Uint8Array): readonly Passage[] => {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const labels = new Set<string>();
  const passages: Passage[] = [];
  let record = 7; // level of the heading of a section that is a record
  walkBlocks(source, labels, ({ kind, segments, from }) => {
    const begin = segments[0] ?? 0;
    const line = source.slice(lineStart(source, begin), begin);
    const level = HEADING.exec(line)?.[1]?.length;
    const piece = joined(source, segments, from);
    if (level !== undefined && level <= record) record = RECORDS.test(piece.text) ? level : 7;
    if (kind !== 'text' || record < 7 || line.includes('>')) return;
    const latin = wordsOf(piece.text, labels);
    const isAscii = !/[\x80-\xff]/.test(latin);
    const text = isAscii ? latin : Buffer.from(latin, 'latin1').toString('utf8');
    passages.push({ text, at: (offset) => piece.at(isAscii ? offset : Buffer.byteLength(text.slice(0, offset))) });
  });
  return passages;
};
