// Office programs cut what one has typed into runs wherever spelling, time of typing or format changes, so that a token may stand in two of them.

/** What of an office document is text, by its path in the zip: Word, Excel and PowerPoint, OpenDocument. */
const TEXT =
  /(?:^|\/)(?:word\/(?:document|comments|footnotes|endnotes|header\d*|footer\d*)|xl\/(?:sharedStrings|comments\d*|worksheets\/sheet\d+)|ppt\/(?:slides|notesSlides)\/\w+|content)\.xml$/;

/** True for a member whose text is worth joining. */
export const isOfficeText = (name: string): boolean => TEXT.test(name);

/** XML up to this size is held for it. */
export const OFFICE_BYTES = 8 * 2 ** 20;

/** Ends of paragraphs, cells, rows and shared strings: what stands on two sides of one is not one word. */
const BREAKS =
  /^(?:\/(?:(?:w|a|text):(?:p|h)|(?:w:tc|w:tr|table:table-cell|table:table-row)|si|c|row|comment)|(?:w|a):br|w:tab|text:(?:tab|s|line-break))\b/;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const LONGEST_ENTITY = 10;
const LONGEST_TAG_NAME = 24;
const [LESS, MORE, AMPERSAND, SEMICOLON, FEED] = [0x3c, 0x3e, 0x26, 0x3b, 0x0a];

/** The character of `&amp;` or `&#x20;`; undefined for what is none. */
const entity = (name: string): string | undefined => {
  const code = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  if (code === null) return ENTITIES[name];
  const value = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
  return value > 0 && value <= 0x10_ffff ? String.fromCodePoint(value) : undefined;
};

export interface OfficeText {
  readonly text: Buffer;
  /** Where in the XML a byte of the text stands. */
  at(offset: number): number;
}

/** The text between the tags of XML, in UTF-8, a line to a paragraph, cell or string. */
export const officeText = (xml: Buffer): OfficeText => {
  const text = Buffer.alloc(xml.length);
  const starts: number[] = []; // where a piece of the text begins, and where it stands
  const places: number[] = [];
  let length = 0;
  const add = (bytes: Uint8Array, place: number): void => {
    if (bytes.length === 0) return;
    starts.push(length);
    places.push(place);
    text.set(bytes, length);
    length += bytes.length;
  };
  for (let at = 0; at < xml.length;) {
    const byte = xml[at];
    if (byte === LESS) {
      const end = xml.indexOf(MORE, at);
      if (end < 0) break;
      if (BREAKS.test(xml.toString('latin1', at + 1, Math.min(end, at + LONGEST_TAG_NAME)))) add(Uint8Array.of(FEED), at);
      at = end + 1;
      continue;
    }
    if (byte === AMPERSAND) {
      const end = xml.subarray(at, at + LONGEST_ENTITY).indexOf(SEMICOLON);
      const made = end < 0 ? undefined : entity(xml.toString('latin1', at + 1, at + end));
      add(Buffer.from(made ?? '&'), at);
      at += made === undefined ? 1 : end + 1;
      continue;
    }
    let end = at;
    while (end < xml.length && xml[end] !== LESS && xml[end] !== AMPERSAND) end++;
    add(xml.subarray(at, end), at);
    at = end;
  }
  return {
    text: text.subarray(0, length),
    at: (offset) => {
      let [low, high] = [0, starts.length];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle;
      }
      return (places[low] ?? 0) + offset - (starts[low] ?? 0);
    },
  };
};
