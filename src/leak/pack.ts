import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { needsLinear } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import { compileRules } from './compile.ts';
import { FILTER_WASM } from './filter-wasm.ts';
import { packImage } from './image.ts';
import type { RuleSet } from './rule.ts';

/** A rule set with its image, as it is shipped and cached. */
export interface Pack {
  /** Read when first asked for: most runs find nothing and never need a rule's text. */
  readonly rules: () => RuleSet;
  readonly image: Uint8Array;
  /** Some expression must run on the linear engine. */
  readonly linear: boolean;
  /** SHA-256 of engine and rules, hexadecimal: what verdicts are valid for. */
  readonly key: string;
}

// Layout: magic, flags, length of the JSON, key (32 bytes); then image and JSON, deflated together.
const MAGIC = Buffer.from('keiR\u0001\0\0\0', 'latin1');
const HEADER = 48;
/** Raised whenever the engine could judge the same bytes otherwise. */
const ENGINE = 'kei/leak/engine/1';

/** What verdicts and compiled packs depend on beside the rules. */
export const engineKey = (): string => createHash('sha256').update(ENGINE).update(FILTER_WASM).digest('hex');

const usesLinear = (set: RuleSet): boolean => {
  const sources = set.rules.flatMap(({ regex, path }) => [regex, path]).filter((source) => source !== undefined);
  return sources.some((source) => needsLinear(parsePattern(source)));
};

/** Compiles a rule set. @throws {PatternError} when an expression cannot be read: rule files are judged before */
export const makePack = (set: RuleSet): Pack => {
  const image = packImage(compileRules(set.rules));
  const key = createHash('sha256').update(engineKey()).update(JSON.stringify(set)).digest('hex');
  return { rules: () => set, image, linear: usesLinear(set), key };
};

export const writePack = (pack: Pack): Buffer => {
  // Tests and rationale's siblings stay in the rule files: a scan never asks for them.
  const set = pack.rules();
  const json = Buffer.from(JSON.stringify({ ...set, rules: set.rules.map((rule) => ({ ...rule, tests: [] })) }));
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  header.writeUInt32LE(pack.linear ? 1 : 0, 8);
  header.writeUInt32LE(pack.image.length, 12);
  Buffer.from(pack.key, 'hex').copy(header, 16);
  return Buffer.concat([header, deflateRawSync(Buffer.concat([pack.image, json]), { level: 9 })]);
};

/** undefined when the bytes are no pack, or one of another engine. */
export const readPack = (bytes: Uint8Array): Pack | undefined => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < HEADER || !file.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const length = file.readUInt32LE(12);
  const body = inflateRawSync(file.subarray(HEADER));
  let set: RuleSet | undefined;
  return {
    rules: () => (set ??= JSON.parse(body.toString('utf8', length)) as RuleSet), // written by writePack, authenticated by its store
    image: body.subarray(0, length),
    linear: file.readUInt32LE(8) === 1,
    key: file.toString('hex', 16, HEADER),
  };
};
