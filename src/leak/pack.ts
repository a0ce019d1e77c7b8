import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { FILTER_WASM } from './filter-wasm.ts';
import type { ImageSource } from './image.ts';
import type { RuleSet } from './rule.ts';

export interface WholeRule {
  readonly rule: number;
  /** The expression of the paths, as the rule has it. */
  readonly path?: string;
  /** The same for JavaScript, with the flag `u`, where V8 may run it. */
  readonly test?: string;
}

/** A rule set with its image, as it is shipped and cached. */
export interface Pack {
  /** Read when first asked for: most runs find nothing and never need a rule's text. */
  readonly rules: () => RuleSet;
  readonly image: ImageSource;
  /** Rules that have to look at a whole file themselves, and at which paths; without a path at all of them. */
  readonly whole: readonly WholeRule[];
  /** SHA-256 of engine and rules, hexadecimal: what verdicts are valid for. */
  readonly key: string;
  /** It is the one that came with the program: another thread can open it itself. */
  readonly shipped: boolean;
}

// Layout: magic, offset and length of the image, offset of the rules, 0, key (32 bytes); `whole` as JSON; the image as it is, so that parts of it can be
// read; the rules as deflated JSON.
const MAGIC = Buffer.from('keiR\u0003\0\0\0', 'latin1');
const HEADER = 56;
/** Raised whenever the engine could judge the same bytes otherwise. */
const ENGINE = 'kei/leak/engine/1';

/** What verdicts and compiled packs depend on beside the rules. */
export const engineKey = (): string => createHash('sha256').update(ENGINE).update(FILTER_WASM).digest('hex');

/** @param image of the pack */
export const writePack = (pack: Omit<Pack, 'image'>, image: Uint8Array): Buffer => {
  // Tests and rationale's siblings stay in the rule files: a scan never asks for them.
  const set = pack.rules();
  const json = Buffer.from(JSON.stringify({ ...set, rules: set.rules.map((rule) => ({ ...rule, tests: [] })) }));
  const whole = Buffer.from(JSON.stringify(pack.whole));
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  const imageAt = HEADER + whole.length;
  for (const [i, word] of [imageAt, image.length, imageAt + image.length].entries()) header.writeUInt32LE(word, MAGIC.length + i * 4);
  Buffer.from(pack.key, 'hex').copy(header, HEADER - 32);
  return Buffer.concat([header, whole, image, deflateRawSync(json, { level: 9 })]);
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
  const [imageAt = 0, length = 0, rulesAt = 0] = [8, 12, 16].map((at) => header.readUInt32LE(at));
  if (imageAt < HEADER || imageAt + length !== rulesAt || rulesAt > source.length) return undefined;
  let set: RuleSet | undefined;
  return {
    // Written by writePack, authenticated by its store.
    rules: () => (set ??= JSON.parse(inflateRawSync(part(rulesAt, source.length)).toString('utf8')) as RuleSet),
    image: { length, read: (into, at) => source.read(into, imageAt + at) },
    whole: JSON.parse(part(HEADER, imageAt).toString('utf8')) as WholeRule[],
    key: header.toString('hex', HEADER - 32),
    shipped,
  };
};
