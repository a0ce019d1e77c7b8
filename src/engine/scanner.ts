import { isText } from '../decode/text.ts';
import { anyOf } from './allow.ts';
import { createDecider, type Decider, type Hit } from './decide.ts';
import { decodedTexts, type Decoded } from './encoded.ts';
import type { FindingTest } from '../expression/compile.ts';
import { createFilter, SIDE_BYTES, type Filter, type Piece, type Region } from './filter.ts';
import type { ImageSource } from './image.ts';
import type { WholeRule } from './pack.ts';
import { createPlacer, createWidePlacer, WIDE, type Placer } from './place.ts';
import type { RuleBook } from './rule-book.ts';
import { createSearch, type Match, type Search } from './search.ts';
import type { TermSet } from '../terms/term-set.ts';
import { besideBytes, createTermSearch } from './term-search.ts';

/** A hit with its place in the raw file. What a cache keeps of a blob: no secret, nothing that depends on path or commit. */
export interface Placed extends Hit {
  readonly row: number;
  readonly column: number;
  readonly endRow: number;
  readonly endColumn: number;
  /** How the text was encoded, outermost first: `base64`, `utf-16 hex`. */
  readonly decoded?: string;
  /** The path within the archive, `b` or `c.tar!/d`, where it stands in a member; its places are of the member's bytes then. */
  readonly member?: string;
}

/** The rules' judgement, made when the first match asks for it: most content never does. */
interface Judge {
  readonly search: Search;
  readonly decider: Decider;
}

export interface Scanner {
  readonly book: RuleBook;
  readonly decider: Decider;
  /** Where to put content: at least `size` bytes long, keeps what is in it. */
  buffer(size: number): Buffer;
  /** True for a path whose content is judged by its path too: a verdict about the bytes alone is not enough. */
  judgesPath(path: string): boolean;
  /** Terms in a text that is no content, such as a path: bytes of it. */
  termsIn(text: string): readonly Match[];
  /**
   * Scans the first `length` bytes of the buffer.
   * @param path for filter expressions, and for rules that look at whole files
   */
  scan(length: number, path: string): Placed[];
}

export interface ScannerOptions {
  /** How deep encodings are followed; 0: not at all. */
  readonly decode: number;
  /** Per rule: an expression that is true for what is no finding. */
  readonly filters?: (book: RuleBook) => (rule: number) => FindingTest | undefined;
  /** Rules that look at whole files, as the pack names them. */
  readonly whole?: readonly WholeRule[];
  readonly terms?: TermSet;
}

const MAX_DECODED = 50_000_000; // bytes of decoded text looked at for one file
const PAD = 64; // zeros behind a text
const WIDE_PIECE = SIDE_BYTES / 2; // characters; pieces of longer UTF-16 text overlap
const WIDE_OVERLAP = 8192;

/**
 * U+0A41 U+0062 U+0063 of one byte order are U+0062 U+0063 of the other, a byte later. Files and their text begin at even places, so that
 * reading comes first; at an odd place both are tried where they differ in their characters.
 */
const readings = (piece: Piece, bytes: Buffer, length: number): readonly Piece[] => {
  const { start, end, kind } = piece;
  const next = end < length ? (bytes[end] ?? 0) : -1;
  if (start % 2 === 0 || (kind === 0 ? !isText(next) : next !== 0)) return [piece];
  const even = { start: start + 1, end: end + 1, kind: 1 - kind };
  return kind === 0 ? [even, piece] : [even];
};

/** undefined: every path. */
const pathTest = ({ path, test }: WholeRule): ((path: string) => boolean) | undefined => {
  if (test === undefined) return path === undefined ? undefined : anyOf([path]);
  const regex = new RegExp(test, 'u');
  return (text) => regex.test(text);
};

/**
 * @param book opened when first needed
 * @param image what `packImage(compileRules(rules))` gives
 * @throws {RangeError} when the image is none
 */
export const createScanner = (book: () => RuleBook, image: ImageSource, options: ScannerOptions): Scanner => {
  const filter: Filter = createFilter(image, options.terms === undefined ? 0 : besideBytes(options.terms));
  const terms = options.terms === undefined ? undefined : createTermSearch(filter, options.terms);
  let made: Judge | undefined;
  const judge = (): Judge => {
    if (made !== undefined) return made;
    const rules = book();
    const search = createSearch(filter, rules);
    made = { search, decider: createDecider(rules, search, options.filters?.(rules)) };
    return made;
  };
  const whole = (options.whole ?? []).map((one) => ({ rule: one.rule, test: pathTest(one) }));
  const wholeRules = (path: string): number[] => whole.filter(({ test }) => test === undefined || test(path)).map(({ rule }) => rule);
  const hitsOf = (region: Region, length: number, path: string): Hit[] => {
    const candidates = filter.candidates(region, length);
    const asked = whole.length === 0 ? [] : wholeRules(path);
    const named = terms?.find(region, length) ?? [];
    if (candidates === undefined && asked.length === 0 && named.length === 0) return [];
    const { search, decider } = judge();
    const others = search.run(region, length, candidates, asked);
    const matches = named.length === 0 ? others : [...others, ...named];
    return matches.length === 0 ? [] : decider.judge(matches, region.bytes, length, path);
  };

  const scanMain = (region: Region, length: number, path: string): Placed[] => {
    const hits = hitsOf(region, length, path);
    if (hits.length === 0) return [];
    const placer = createPlacer(filter, region);
    return hits.map((hit) => {
      const from = placer.at(hit.at);
      const to = placer.at(hit.end);
      return { ...hit, row: from.line, column: from.column, endRow: to.line, endColumn: to.column };
    });
  };

  /** Hits in a text put into the side region that touch its bytes `from` to `to`. */
  const scanSide = (text: Buffer, from: number, to: number, path: string): Hit[] => {
    const side = filter.side();
    const length = Math.min(text.length, side.bytes.length);
    text.copy(side.bytes, 0, 0, length);
    const hits = hitsOf(side, length, path);
    const kept = hits.map((hit, i) => ({ hit, i })).filter(({ hit }) => hit.start < to && hit.end > from);
    const moved = new Map(kept.map(({ i }, to_) => [i, to_]));
    return kept.map(({ hit }) => ({ ...hit, shadows: hit.shadows.flatMap((i) => moved.get(i) ?? []) }));
  };

  const scanDecoded = (first: Decoded[], path: string, emit: (hits: Hit[], decoded: Decoded, chain: string) => void): void => {
    let budget = MAX_DECODED;
    const queue = first.map((decoded) => ({ decoded, origin: decoded, chain: decoded.encoding as string, depth: 1 }));
    for (let next = queue.pop(); next !== undefined && budget > 0; next = queue.pop()) {
      const { decoded, origin, chain, depth } = next;
      budget -= decoded.text.length;
      const hits = scanSide(decoded.text, decoded.from, decoded.to, path);
      if (hits.length > 0) emit(hits, origin, chain);
      if (depth >= options.decode) continue;
      const side = filter.side();
      const length = Math.min(decoded.text.length, side.bytes.length);
      decoded.text.copy(side.bytes, 0, 0, length);
      for (const inner of decodedTexts(filter, side, length)) {
        if (inner.start >= decoded.from && inner.end <= decoded.to && inner.encoding !== undefined)
          queue.push({ decoded: inner, origin, chain: `${chain} ${inner.encoding}`, depth: depth + 1 });
      }
    }
  };

  const encodedHits = (region: Region, length: number, path: string, raw: readonly Placed[]): Placed[] => {
    const out: Placed[] = [];
    const pieces = [...decodedTexts(filter, region, length)];
    if (pieces.length === 0) return out;
    scanDecoded(pieces, path, (hits, { start, end }, chain) => {
      const base = raw.length + out.length;
      for (const hit of hits) {
        // What stands there in clear as well has been found already.
        if (raw.some((known) => known.rule === hit.rule && known.start >= start && known.end <= end)) continue;
        if (out.some((known) => known.rule === hit.rule && known.start === start && known.line === hit.line)) continue;
        out.push({
          ...hit,
          shadows: hit.shadows.map((i) => i + base),
          start,
          end,
          at: start,
          row: 0,
          column: 0,
          endRow: 0,
          endColumn: 0,
          decoded: chain,
        });
      }
    });
    out.sort((a, b) => a.start - b.start);
    const placer = createPlacer(filter, region);
    return out.map((hit) => {
      const from = placer.at(hit.start);
      const to = placer.at(hit.end);
      return { ...hit, row: from.line, column: from.column, endRow: to.line, endColumn: to.column };
    });
  };

  /** Text of two bytes a character, in files of that encoding and within binary ones. */
  const wideHits = (region: Region, length: number, path: string, before: number): Placed[] => {
    const out: Placed[] = [];
    const known = new Set<string>();
    const isNew = (key: string): boolean => !known.has(key) && known.add(key) !== undefined;
    const placers: Placer[] = []; // for each way to pair the bytes
    for (const { start, end, kind } of filter.pieces('wide', region, length).flatMap((piece) => readings(piece, region.bytes, length))) {
      const placer = (placers[(start & 1) * 2 + kind] ??= createWidePlacer(region.bytes, { first: start & 1, low: kind }));
      for (let from = start; from < end; from += (WIDE_PIECE - WIDE_OVERLAP) * 2) {
        const to = Math.min(end, from + WIDE_PIECE * 2);
        const text = Buffer.allocUnsafe((to - from) >> 1);
        for (let i = 0; i < text.length; i++) text[i] = region.bytes[from + i * 2 + kind] ?? 0;
        const found = scanSide(text, 0, text.length, path).map((hit, i) => ({
          hit,
          i,
          at: from + hit.start * 2,
          stop: from + hit.end * 2,
        }));
        // The rest was found before: in the overlap of two pieces, or in the other reading.
        const fresh = found.filter(({ hit, at }) => isNew(`${hit.rule} ${at + kind}`));
        const places = new Map(fresh.map(({ i }, n) => [i, before + out.length + n]));
        for (const { hit, at, stop } of fresh) {
          const a = placer.at(at);
          const b = placer.at(stop);
          out.push({
            ...hit,
            start: at,
            end: stop,
            at,
            row: a.line,
            column: a.column,
            endRow: b.line,
            endColumn: b.column,
            shadows: hit.shadows.flatMap((i) => places.get(i) ?? []),
            decoded: WIDE,
          });
        }
        if (to === end) break;
      }
    }
    return out;
  };

  return {
    get book() {
      return book();
    },
    get decider() {
      return judge().decider;
    },
    termsIn: (text) => {
      if (terms === undefined) return [];
      const side = filter.side();
      const length = side.bytes.write(text, 0, side.bytes.length - PAD);
      side.bytes.fill(0, length, length + PAD);
      return terms.find(side, length);
    },
    judgesPath: (path) => whole.some(({ test }) => test?.(path) === true),
    buffer: (size) => {
      filter.reserve(size);
      return filter.main().bytes;
    },
    scan: (length, path) => {
      const region = filter.main();
      const found = scanMain(region, length, path);
      if (options.decode > 0) {
        found.push(...encodedHits(region, length, path, found));
        if (region.bytes.subarray(0, length).includes(0)) found.push(...wideHits(region, length, path, found.length));
      }
      return found;
    },
  };
};
