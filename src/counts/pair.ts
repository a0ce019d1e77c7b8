import { spotter } from './latin1.ts';
import type { Marker, MarkerAttribute, MarkerProblem, ReadMarkers, Slot, SlotProblem } from './marker.ts';
import { FROZEN, type Tag } from './tag.ts';

type OpenTag = Extract<Tag, { readonly kind: 'open' }>;
type LineTag = Extract<Tag, { readonly kind: 'line' }>;
type CloseTag = Extract<Tag, { readonly kind: 'close' }>;

/** A marker or a problem before its line and column are known. */
type Found =
  | { readonly kind: 'marker'; readonly name: string; readonly attributes: readonly MarkerAttribute[]; readonly slots: readonly Slot[] }
  | { readonly kind: 'problem'; readonly start: number; readonly end: number; readonly message: string; readonly hint?: string };

interface Pairing {
  readonly source: string;
  readonly slotsBetween: (from: number, to: number) => readonly Slot[] | SlotProblem;
  /** Those that are open, the innermost last. */
  readonly open: OpenTag[];
  /** Those about which something was told: they make no marker. */
  readonly flawed: Set<Tag>;
  frozen: OpenTag | undefined;
  /** The name of the last marker that was closed. */
  closed: string | undefined;
  readonly found: Found[];
}

const tell = ({ found }: Pairing, { start, end }: Tag, message: string, hint?: string): void => {
  found.push({ kind: 'problem', start, end, message, ...(hint === undefined ? {} : { hint }) });
};

const inFrozen = (pairing: Pairing, tag: Tag): void => {
  if (tag.kind !== 'malformed' && tag.name === FROZEN) {
    if (tag.kind === 'close') pairing.frozen = undefined;
    else tell(pairing, tag, 'count:frozen begins within count:frozen', 'end the first one before: /count:frozen');
  }
};

const unclosed = (pairing: Pairing, tag: OpenTag): void => {
  if (!pairing.flawed.has(tag))
    tell(pairing, tag, `count:${tag.name} is not closed`, `put /count:${tag.name} behind the number, on the same line`);
};

const opens = (pairing: Pairing, tag: OpenTag): void => {
  const outer = pairing.open.at(-1);
  if (tag.name === FROZEN) {
    for (const one of pairing.open.splice(0)) unclosed(pairing, one);
    pairing.frozen = tag;
    return;
  }
  if (outer !== undefined && isOneLine(pairing, outer, tag)) {
    pairing.flawed.add(outer).add(tag);
    tell(pairing, tag, `count:${tag.name} begins within count:${outer.name}`, `markers do not nest: put /count:${outer.name} before it`);
  } else if (outer !== undefined) {
    unclosed(pairing, outer);
    pairing.open.length = 0;
  }
  pairing.open.push(tag);
};

const isOneLine = ({ source }: Pairing, { end }: Tag, { start }: Tag): boolean => !/[\r\n]/.test(source.slice(end, start));

const closes = (pairing: Pairing, tag: CloseTag): void => {
  const { open, closed } = pairing;
  const outer = open.at(-1);
  const at = open.findLastIndex(({ name }) => name === tag.name);
  const begin = open[at];
  if (begin === undefined || outer === undefined) {
    const what = tag.name === closed ? 'closes a second time' : 'closes nothing';
    if (outer === undefined) tell(pairing, tag, `/count:${tag.name} ${what}`, `take it away, or put count:${tag.name} before the number`);
    else {
      tell(pairing, tag, `count:${outer.name} ends with /count:${tag.name}`, `/count:${outer.name} closes it`);
      open.pop();
    }
    return;
  }
  open.splice(at, 1);
  pairing.closed = tag.name;
  if (!pairing.flawed.has(begin)) pair(pairing, begin, tag);
};

const pair = (pairing: Pairing, begin: OpenTag, end: CloseTag): void => {
  if (isOneLine(pairing, begin, end)) put(pairing, begin, pairing.slotsBetween(begin.end, end.start));
  else unclosed(pairing, begin);
};

const put = (pairing: Pairing, tag: OpenTag | LineTag, slots: readonly Slot[] | SlotProblem): void => {
  const { name, attributes } = tag;
  if ('message' in slots) tell(pairing, tag, `count:${name}: ${slots.message}`, slots.hint);
  else pairing.found.push({ kind: 'marker', name, attributes, slots });
};

const placeOf = (found: Found): number => (found.kind === 'marker' ? (found.slots[0]?.start ?? 0) : found.start);

/** With lines and columns, in order of the file. */
const placed = (source: string, found: readonly Found[]): ReadMarkers => {
  const spotOf = spotter(source);
  const markers: Marker[] = [];
  const problems: MarkerProblem[] = [];
  for (const one of found.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    const spot = spotOf(placeOf(one));
    if (one.kind === 'marker') {
      const { name, attributes, slots } = one;
      markers.push({ name, attributes, slots, ...spot });
    } else {
      const { kind: _, ...problem } = one;
      problems.push({ ...problem, ...spot });
    }
  }
  return { markers, problems };
};

/**
 * Markers of the comments that begin and end them. Between the two stands one number, on one line; they neither nest nor overlap. What lies within
 * `count:frozen` is left alone, whatever it is.
 * @param tags in order of the file
 * @param source latin1
 */
export const pairTags = (source: string, tags: readonly Tag[], slotsBetween: Pairing['slotsBetween']): ReadMarkers => {
  const pairing: Pairing = { source, slotsBetween, open: [], flawed: new Set(), frozen: undefined, closed: undefined, found: [] };
  for (const tag of tags) {
    if (pairing.frozen !== undefined) inFrozen(pairing, tag);
    else if (tag.kind === 'malformed') tell(pairing, tag, tag.message, tag.hint);
    else if (tag.kind === 'line') put(pairing, tag, tag.slots);
    else if (tag.kind === 'open') opens(pairing, tag);
    else closes(pairing, tag);
  }
  for (const one of pairing.open) unclosed(pairing, one);
  if (pairing.frozen !== undefined) tell(pairing, pairing.frozen, 'count:frozen is not closed', 'put /count:frozen where the record ends');
  return placed(source, pairing.found);
};
