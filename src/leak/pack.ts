import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { FILTER_WASM } from './filter-wasm.ts';
import type { RuleSet } from './rule.ts';

export interface WholeRule {
  readonly rule: number;
  readonly path?: string;
}

/** A rule set with its image, as it is shipped and cached. */
export interface Pack {
  /** Read when first asked for: most runs find nothing and never need a rule's text. */
  readonly rules: () => RuleSet;
  readonly image: Uint8Array;
  /** Rules that have to look at a whole file themselves, and at which paths; without a path at all of them. */
  readonly whole: readonly WholeRule[];
  /** SHA-256 of engine and rules, hexadecimal: what verdicts are valid for. */
  readonly key: string;
}

// Layout: magic, lengths of `whole` as JSON and of `whole` and image deflated, key (32 bytes); then these, then the rules as JSON, deflated by
// themselves.
const MAGIC = Buffer.from('keiR\u0002\0\0\0', 'latin1');
const HEADER = 48;
/** Raised whenever the engine could judge the same bytes otherwise. */
const ENGINE = 'kei/leak/engine/1';

/** What verdicts and compiled packs depend on beside the rules. */
export const engineKey = (): string => createHash('sha256').update(ENGINE).update(FILTER_WASM).digest('hex');

export const writePack = (pack: Pack): Buffer => {
  // Tests and rationale's siblings stay in the rule files: a scan never asks for them.
  const set = pack.rules();
  const json = Buffer.from(JSON.stringify({ ...set, rules: set.rules.map((rule) => ({ ...rule, tests: [] })) }));
  const whole = Buffer.from(JSON.stringify(pack.whole));
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(whole.length, 8);
  MAGIC.copy(header);
  const first = deflateRawSync(Buffer.concat([whole, pack.image]), { level: 9 });
  header.writeUInt32LE(first.length, 12);
  Buffer.from(pack.key, 'hex').copy(header, 16);
  return Buffer.concat([header, first, deflateRawSync(json, { level: 9 })]);
};

/** undefined when the bytes are no pack, or one of another engine. */
export const readPack = (bytes: Uint8Array): Pack | undefined => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < HEADER || !file.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const imageAt = file.readUInt32LE(8);
  const rulesAt = HEADER + file.readUInt32LE(12);
  const body = inflateRawSync(file.subarray(HEADER, rulesAt));
  let set: RuleSet | undefined;
  return {
    rules: () => (set ??= JSON.parse(inflateRawSync(file.subarray(rulesAt)).toString('utf8')) as RuleSet), // written by writePack, authenticated by its store
    image: body.subarray(imageAt),
    whole: JSON.parse(body.toString('utf8', 0, imageAt)) as WholeRule[],
    key: file.toString('hex', 16, HEADER),
  };
};
