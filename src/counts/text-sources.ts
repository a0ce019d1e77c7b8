import type { Entry, Snapshot } from '../check.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import type { Counted } from './counted.ts';
import { readExpression, type Expression } from './expression.ts';
import { filesOf, isRegular, isTextual, noFile, showGlobs, type Unanswered } from './files.ts';
import type { Counter, CountWorld } from './world.ts';

/** What is done with the text of each file; an answer ends it. */
type Look = (entry: Entry, bytes: Uint8Array) => Unanswered | undefined;

const readAll = async (snapshot: Snapshot, entries: readonly Entry[], look: Look, signal: AbortSignal): Promise<Unanswered | undefined> => {
  for await (const [entry, content] of snapshot.readMany(entries.filter(isRegular), signal)) {
    if (content.kind === 'skipped')
      return { kind: 'unknown', reason: `${printable(entry.path)} could not be read: ${content.skipped.reason}` };
    const stopped = isTextual(content.bytes) ? look(entry, content.bytes) : undefined;
    if (stopped !== undefined) return stopped;
  }
  return undefined;
};

function* linesOf(bytes: Uint8Array): Generator<string, void, void> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const feed = text.indexOf('\n', at);
    const end = feed < 0 ? text.length : feed;
    yield text.slice(at, text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end);
    at = end + 1;
  }
}

const tooLong = (path: string, line: number): Unanswered => ({
  kind: 'broken',
  key: 'regex',
  reason: `${printable(path)}:${line} is too long a line for this expression`,
  hint: 'bound its repeats: [^"]{0,200} instead of [^"]*',
});

const countMatches = async (
  expression: Expression,
  entries: readonly Entry[],
  { snapshot, signal }: CountWorld,
): Promise<number | Unanswered> => {
  let matches = 0;
  const stopped = await readAll(
    snapshot,
    entries,
    ({ path }, bytes) => {
      let number = 0;
      for (const line of linesOf(bytes)) {
        number++;
        const found = expression.count(line);
        if (found === undefined) return tooLong(path, number);
        matches += found;
      }
      return undefined;
    },
    signal,
  );
  return stopped ?? matches;
};

const capturedText = async (
  expression: Expression,
  entries: readonly Entry[],
  { snapshot, signal }: CountWorld,
): Promise<string | undefined | Unanswered> => {
  let value: string | undefined;
  let place = '';
  const lookAtLine = (line: string, at: string): Unanswered | undefined | 'too long' => {
    const found = expression.captured(line);
    if (found === undefined) return 'too long';
    for (const text of found) {
      if (text === undefined) continue;
      if (value !== undefined && value !== text)
        return { kind: 'broken', key: 'regex', reason: `what it captures is not the same in ${place} and ${at}` };
      if (value === undefined) [value, place] = [text, at];
    }
    return undefined;
  };
  const stopped = await readAll(
    snapshot,
    entries,
    ({ path }, bytes) => {
      let number = 0;
      for (const line of linesOf(bytes)) {
        number++;
        const answer = lookAtLine(line, `${printable(path)}:${number}`);
        if (answer === 'too long') return tooLong(path, number);
        if (answer !== undefined) return answer;
      }
      return undefined;
    },
    signal,
  );
  return stopped ?? value;
};

/** Matches of an expression in the lines of files, or what it captures there. */
export const countRegex = async ({ regex = '', files, exclude, capture, zero }: Counter, world: CountWorld): Promise<Counted> => {
  const expression = readExpression(regex, capture);
  if ('reason' in expression) return { kind: 'broken', ...expression };
  const entries = await filesOf(world.snapshot, files, exclude);
  if ('kind' in entries) return entries;
  if (entries.length === 0 && !zero) return noFile('files', files);
  const where = showGlobs(files);
  if (capture === undefined) {
    const matches = await countMatches(expression, entries, world);
    if (typeof matches !== 'number') return matches;
    if (matches === 0 && !zero)
      return {
        kind: 'broken',
        key: 'regex',
        reason: `matches nothing in ${count(entries.length, 'file')} (${where})`,
        hint: 'it is matched line by line; zero = true where none is right',
      };
    return { kind: 'value', value: String(matches), derivation: `matches in ${where}` };
  }
  const text = await capturedText(expression, entries, world);
  if (typeof text === 'object') return text;
  if (text === undefined)
    return { kind: 'broken', key: 'regex', reason: `captures nothing in ${count(entries.length, 'file')} (${where})` };
  return { kind: 'value', value: text, derivation: `captured in ${where}` };
};

const LINE_FEED = 10;
const isBlankByte = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

/** As editors number them: what follows the last line feed is a line unless it is empty. */
const linesIn = (bytes: Uint8Array, withBlank: boolean): number => {
  let lines = 0;
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    let at = start;
    if (!withBlank) while (at < end && isBlankByte(bytes[at] ?? 0)) at++;
    if (withBlank || at < end) lines++;
    start = end + 1;
  }
  return lines;
};

/** Lines of files, those of binary ones not. */
export const countLines = async ({ lines: globs, exclude, blank, zero }: Counter, { snapshot, signal }: CountWorld): Promise<Counted> => {
  const entries = await filesOf(snapshot, globs, exclude);
  if ('kind' in entries) return entries;
  if (entries.length === 0 && !zero) return noFile('lines', globs);
  let lines = 0;
  const stopped = await readAll(
    snapshot,
    entries,
    (_, bytes) => {
      lines += linesIn(bytes, blank);
      return undefined;
    },
    signal,
  );
  if (stopped !== undefined) return stopped;
  if (lines === 0 && !zero)
    return { kind: 'broken', key: 'lines', reason: `no lines in ${showGlobs(globs)}`, hint: 'zero = true where none is right' };
  return { kind: 'value', value: String(lines), derivation: `lines${blank ? '' : ' that are not blank'} of ${showGlobs(globs)}` };
};
