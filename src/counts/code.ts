import type { CommentForm } from './forms.ts';
import { decoded } from './latin1.ts';
import type { Slot, SlotProblem } from './marker.ts';
import { FROZEN, tagWords, type LineWords, type Tag, type TagWords } from './tag.ts';

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Comments between `open` and `close`, on one line. The file's language is not parsed: such a text in a string is one too. */
const blockTags = (source: string, [open, close]: readonly [string, string]): readonly Tag[] => {
  const comment = new RegExp(`${escape(open)}([ \\t]*/?count:(?:(?!${escape(close)})[^\\r\\n])*)${escape(close)}`, 'g');
  return [...source.matchAll(comment)].flatMap((match) => {
    const words = tagWords(match[1] ?? '');
    return words === undefined ? [] : [{ ...words, start: match.index, end: match.index + match[0].length }];
  });
};

const NUMBER = /(?<![\w.$])\d+(?:[.,_']\d+)*%?(?![\w$])/g;

const NTH = 'nth';

/** The number of a line: the only one, or the one that `nth=2` says. */
const numberOf = (source: string, from: number, to: number, asked: string | undefined): readonly Slot[] | SlotProblem => {
  const numbers = [...source.slice(from, to).matchAll(NUMBER)];
  if (asked !== undefined && !/^[1-9]\d?$/.test(asked)) return { message: 'nth is no number from 1 on' };
  if (numbers.length === 0) return { message: 'there is no number before it on the line' };
  if (asked === undefined && numbers.length > 1)
    return { message: `which of the ${numbers.length} numbers before it on the line?`, hint: 'nth=2 for the second one' };
  const number = numbers[Number(asked ?? 1) - 1];
  if (number === undefined) return { message: `there are no ${asked} numbers before it on the line` };
  const start = from + number.index;
  const end = start + number[0].length;
  return [{ start, end, text: decoded(source, start, end), form: 'text' }];
};

/** A marker in one comment, unless it is the border of a zone. */
const asLine = (words: TagWords, source: string, from: number, to: number): TagWords | LineWords => {
  if (words.kind !== 'open' || words.name === FROZEN) return words;
  const { name, attributes } = words;
  const nth = attributes.find(({ key }) => key === NTH)?.value;
  return { kind: 'line', name, attributes: attributes.filter(({ key }) => key !== NTH), slots: numberOf(source, from, to, nth) };
};

/** Comments behind a number, to the end of the line. */
const lineTags = (source: string, mark: string): readonly Tag[] => {
  const line = new RegExp(`^(.*?(?:^|[ \\t]))(${escape(mark)}[ \\t]*(/?count:.*))$`, 'gm');
  return [...source.matchAll(line)].flatMap((match) => {
    const words = tagWords(match[3] ?? '');
    if (words === undefined) return [];
    const end = match.index + match[0].length;
    const start = end - (match[2]?.length ?? 0);
    return [{ ...asLine(words, source, match.index, start), start, end }];
  });
};

/** What the comments of a file say about markers, in order. */
export const codeTags = (source: string, { block, line }: CommentForm): readonly Tag[] =>
  [...(block === undefined ? [] : blockTags(source, block)), ...(line === undefined ? [] : lineTags(source, line))].toSorted(
    (a, b) => a.start - b.start,
  );
