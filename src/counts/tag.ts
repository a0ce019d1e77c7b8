import { quoted } from '../report/quoted.ts';
import type { MarkerAttribute, Slot, SlotProblem } from './marker.ts';

/** What a comment says. */
export type TagWords =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: readonly MarkerAttribute[] }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'malformed'; readonly message: string; readonly hint?: string };

/** A marker in one comment, behind its number. */
export interface LineWords {
  readonly kind: 'line';
  readonly name: string;
  readonly attributes: readonly MarkerAttribute[];
  readonly slots: readonly Slot[] | SlotProblem;
}

/** A comment that is about a marker, and where it stands: bytes of the file. */
export type Tag = (TagWords | LineWords) & { readonly start: number; readonly end: number };

/** The name that stands for no counter: what lies between its two comments is a record. */
export const FROZEN = 'frozen';

/** Text that every marker holds. */
export const MARK = 'count:';

const MEANT = /^[ \t\r\n]*\/?[ \t]*count[ \t]*:/i;
const TAG = /^[ \t\r\n]*(\/?)count:([a-z][a-z0-9-]{0,63})((?:[ \t\r\n]+[^ \t\r\n]+)*)[ \t\r\n]*$/;
const ATTRIBUTE = /^([A-Za-z][\w-]*)(?:=(?:"([^"]*)"|'([^']*)'|([^"']*)))?$/;

const malformed = (message: string, hint?: string): TagWords => ({ kind: 'malformed', message, ...(hint === undefined ? {} : { hint }) });

const attributesOf = (text: string): readonly MarkerAttribute[] | string => {
  const found: MarkerAttribute[] = [];
  for (const word of text.split(/[ \t\r\n]+/).filter((one) => one !== '')) {
    const [, key, a, b, c] = ATTRIBUTE.exec(word) ?? [];
    if (key === undefined) return word;
    found.push({ key, value: a ?? b ?? c ?? '' });
  }
  return found;
};

/** What a comment says of a marker; undefined: it is about something else. @param text of the comment, without what makes it one */
export const tagWords = (text: string): TagWords | undefined => {
  if (!MEANT.test(text)) return undefined;
  const [, slash, name, rest = ''] = TAG.exec(text) ?? [];
  if (name === undefined) {
    const shown = quoted(text.replace(/[\r\n][^]*/, '').trim());
    return malformed(`not a marker: ${shown}`, 'count:NAME, or /count:NAME behind it; names are of lower-case letters, digits and hyphens');
  }
  const attributes = attributesOf(rest);
  if (typeof attributes === 'string') return malformed(`count:${name}: not an attribute: ${quoted(attributes)}`, 'KEY=VALUE');
  if (slash === '') return { kind: 'open', name, attributes };
  if (attributes.length === 0) return { kind: 'close', name };
  return malformed(`/count:${name} has attributes`, `they stand in the comment that begins the marker: count:${name} ${rest.trim()}`);
};
