import { commentsOf } from '../markdown/comments.ts';
import { walkComments } from '../markdown/html.ts';
import { codeTags } from './code.ts';
import { conflictsOf, inConflict } from './conflict.ts';
import { formOf, type FileForm } from './forms.ts';
import { latin1 } from './latin1.ts';
import type { ReadMarkers } from './marker.ts';
import { pairTags } from './pair.ts';
import { slotsBetween } from './slots.ts';
import { MARK, tagWords, type Tag } from './tag.ts';

const NOTHING: ReadMarkers = { markers: [], problems: [] };

const CUT = 200;

/** A comment of HTML as what it says of a marker. @param text between `<!--` and `-->`, latin1 */
const tagOf = (text: string, start: number, end: number, isEnded: boolean): readonly Tag[] => {
  const words = tagWords(Buffer.from(text, 'latin1').toString());
  if (words === undefined) return [];
  return isEnded && !text.includes('<!--')
    ? [{ ...words, start, end }]
    : [{ kind: 'malformed', start, end, message: 'the comment has no end', hint: 'end it: -->' }];
};

const htmlTags = (source: string): readonly Tag[] => {
  const tags: Tag[] = [];
  walkComments(source, (start, end) => {
    const isEnded = end >= 0;
    const text = isEnded ? source.slice(start + 4, end - 3) : source.slice(start + 4, start + CUT);
    tags.push(...tagOf(text, start, isEnded ? end : start + 4, isEnded));
  });
  return tags;
};

const tagsOf = (source: string, form: FileForm): readonly Tag[] => {
  switch (form.kind) {
    case 'markdown':
      return commentsOf(source, MARK).flatMap(({ text, start, end, isEnded }) => tagOf(text, start, end, isEnded));
    case 'html':
      return htmlTags(source);
    case 'code':
      return codeTags(source, form);
  }
};

/**
 * The markers of a file, and what of it cannot be one. Markdown is read by CommonMark 0.31: what stands in code, in a link's target, in another comment
 * or in front matter is none. A file whose comments nobody knows has none.
 * @param path says what kind of file it is
 */
export const readMarkers = (bytes: Uint8Array, path: string): ReadMarkers => {
  const form = formOf(path);
  if (form === undefined || !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('count:')) return NOTHING;
  const source = latin1(bytes);
  const tags = tagsOf(source, form);
  if (tags.length === 0) return NOTHING;
  const conflicts = conflictsOf(source);
  const marked = tags.map((tag): Tag => {
    if (!inConflict(conflicts, tag.start)) return tag;
    const { start, end } = tag;
    return { kind: 'malformed', start, end, message: 'the marker stands in a merge conflict', hint: 'resolve the conflict first' };
  });
  const kind = form.kind === 'code' ? 'code' : 'prose';
  return pairTags(source, marked, (from, to) => slotsBetween(source, from, to, kind));
};
