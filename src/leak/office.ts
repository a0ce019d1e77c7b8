import { officeText } from '../archive/office.ts';
import type { Placed, Scanner } from '../engine/scanner.ts';

/** How a hit says that it was found in the joined text of a document. */
const JOINED = 'text';

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Line and column, 1-based, of bytes, in one walk: columns in UTF-16 units. */
const placesIn = (bytes: Buffer, offsets: readonly number[]): ReadonlyMap<number, Place> => {
  const places = new Map<number, Place>();
  let [from, row, column] = [0, 1, 1];
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    for (let feed = bytes.indexOf(10, from); feed >= 0 && feed < offset; feed = bytes.indexOf(10, from))
      [from, row, column] = [feed + 1, row + 1, 1];
    column += bytes.toString('utf8', from, offset).length;
    from = offset;
    places.set(offset, { row, column });
  }
  return places;
};

/**
 * Hits in the text of an office document's XML that its bytes do not show, at their places in the XML.
 * @param raw hits of the XML itself
 */
export const scanOffice = (xml: Buffer, path: string, scanner: Scanner, raw: readonly Placed[]): Placed[] => {
  const { text, at } = officeText(xml);
  scanner.buffer(text.length).set(text);
  const known = new Set(raw.map(({ rule, start }) => `${rule} ${start}`));
  const moved = new Map<number, number>();
  const fresh = scanner.scan(text.length, path).flatMap((hit, i) => {
    const start = at(hit.start);
    if (known.has(`${hit.rule} ${start}`)) return [];
    moved.set(i, raw.length + moved.size);
    return [{ hit, start, end: at(Math.max(hit.start, hit.end - 1)) + 1 }];
  });
  const places = placesIn(
    xml,
    fresh.flatMap(({ start, end }) => [start, end]),
  );
  const placeOf = (offset: number): Place => places.get(offset) ?? { row: 1, column: 1 };
  return fresh.map(({ hit, start, end }) => {
    const { near: _near, ...rest } = hit;
    return {
      ...rest,
      start,
      end,
      at: start,
      ...placeOf(start),
      endRow: placeOf(end).row,
      endColumn: placeOf(end).column,
      shadows: hit.shadows.flatMap((other) => moved.get(other) ?? []),
      decoded: hit.decoded === undefined ? JOINED : `${JOINED} ${hit.decoded}`,
    };
  });
};
