import { createHash } from 'node:crypto';
import { FILTER_WASM } from './filter-wasm.ts';
import type { ImageSource } from './image.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { RuleTerms } from '../terms/term-set.ts';
import { contentsOf, perRule, setOf, type RuleBook, type RuleContents } from './rule-book.ts';

export interface WholeRule {
  readonly rule: number;
  /** The expression of the paths, as the rule has it. */
  readonly path?: string;
  /** The same for JavaScript, with the flag `u`, where V8 may run it. */
  readonly test?: string;
}

/** A rule set with its image, as it is shipped and cached. */
export interface Pack {
  /** All rules, read when first asked for. */
  readonly rules: () => RuleSet;
  /** What scans use: most find nothing and need no rule's text, the others need few. */
  readonly book: () => RuleBook;
  readonly image: ImageSource;
  /** Rules that have to look at a whole file themselves, and at which paths; without a path at all of them. */
  readonly whole: readonly WholeRule[];
  /** What rules of kind `term` look for. Not written with the pack: who keeps one reads the terms from their files. */
  readonly terms: readonly RuleTerms[];
  /** SHA-256 of engine and rules without their terms, hexadecimal: with those, what verdicts are valid for. */
  readonly key: string;
  /** It is the one that came with the program: another thread can open it itself. */
  readonly shipped: boolean;
}

// Layout: magic; offsets of the image, of the contents, of the places, and the pack's length; key (32 bytes); `whole` as JSON; the image; the contents as
// JSON; the rules' places, u32: where each begins, counted from the first, and where one more would; the rules, each as JSON. Nothing is deflated, so that
// any part can be read alone.
const MAGIC = Buffer.from('keiR\u0004\0\0\0', 'latin1');
const HEADER = 56;
/** Raised whenever the engine could judge the same bytes otherwise. */
const ENGINE = 'kei/leak/engine/2';

/** What verdicts and compiled packs depend on beside the rules. */
export const engineKey = (): string => createHash('sha256').update(ENGINE).update(FILTER_WASM).digest('hex');

/** The rules as JSON, one after the other, and where each of them begins. */
const writeRules = (rules: readonly Rule[]): readonly [places: Buffer, json: Buffer] => {
  // Tests and sources stay in the rule files: a scan never asks for them.
  const texts = rules.map((rule) => Buffer.from(JSON.stringify({ ...rule, tests: [], source: undefined })));
  const places = Buffer.alloc((texts.length + 1) * 4);
  let at = 0;
  for (const [i, { length }] of texts.entries()) {
    at += length;
    places.writeUInt32LE(at, (i + 1) * 4);
  }
  return [places, Buffer.concat(texts)];
};

/** @param image of the pack */
export const writePack = (pack: Pick<Pack, 'rules' | 'whole' | 'key'>, image: Uint8Array): Buffer => {
  const set = pack.rules();
  const whole = Buffer.from(JSON.stringify(pack.whole));
  const contents = Buffer.from(JSON.stringify(contentsOf(set)));
  const parts = [whole, image, contents, ...writeRules(set.rules)];
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  const imageAt = HEADER + whole.length;
  const contentsAt = imageAt + image.length;
  const length = parts.reduce((sum, part) => sum + part.length, HEADER);
  for (const [i, word] of [imageAt, contentsAt, contentsAt + contents.length, length].entries())
    header.writeUInt32LE(word, MAGIC.length + i * 4);
  Buffer.from(pack.key, 'hex').copy(header, HEADER - 32);
  return Buffer.concat([header, ...parts]);
};

/** @param part of the pack @param placesAt where the rules' places begin */
const openBook = (part: (from: number, to: number) => Buffer, contentsAt: number, placesAt: number): RuleBook => {
  const contents = JSON.parse(part(contentsAt, placesAt).toString('utf8')) as RuleContents; // written by writePack
  const rulesAt = placesAt + (contents.count + 1) * 4;
  const places = part(placesAt, rulesAt);
  const read = perRule((index): Rule => {
    const json = part(rulesAt + places.readUInt32LE(index * 4), rulesAt + places.readUInt32LE(index * 4 + 4));
    return JSON.parse(json.toString('utf8')) as Rule;
  });
  return { ...contents, rule: (index) => (index >= 0 && index < contents.count ? read(index) : undefined) };
};

/** undefined when it is no pack, or one of another engine. @param shipped it came with the program */
export const readPack = (source: ImageSource, shipped = false): Pack | undefined => {
  if (source.length < HEADER) return undefined;
  const part = (from: number, to: number): Buffer => {
    const bytes = Buffer.allocUnsafe(to - from);
    source.read(bytes, from);
    return bytes;
  };
  const header = part(0, HEADER);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const [imageAt = 0, contentsAt = 0, placesAt = 0, length] = [8, 12, 16, 20].map((at) => header.readUInt32LE(at));
  if (imageAt < HEADER || contentsAt < imageAt || placesAt < contentsAt || length !== source.length) return undefined;
  let opened: RuleBook | undefined;
  const book = (): RuleBook => (opened ??= openBook(part, contentsAt, placesAt));
  let set: RuleSet | undefined;
  return {
    rules: () => (set ??= setOf(book())),
    book,
    image: { length: contentsAt - imageAt, read: (into, at) => source.read(into, imageAt + at) },
    whole: JSON.parse(part(HEADER, imageAt).toString('utf8')) as WholeRule[], // written by writePack, authenticated by its store
    terms: [],
    key: header.toString('hex', HEADER - 32),
    shipped,
  };
};
