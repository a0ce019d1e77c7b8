import { createHash } from 'node:crypto';
import { VERSION } from '../version.ts';
import type { RuleChoice } from '../rules/rule-choice.ts';
import { inMemory } from './image.ts';
import { bareFile } from './kept-terms.ts';
import type { MadePack } from './make-pack.ts';
import { engineKey, readPack, writePack, type Pack } from './pack.ts';
import type { ReadRules } from '../rules/rule-sources.ts';

/** Raised whenever the same rule files could be read otherwise and the version stays. */
const READING = 'kei/leak/kept/2';

/** Each file that the rule files go on from, and its SHA-256; null where there was none. */
type Reached = readonly (readonly [path: string, hash: string | null])[];

/** What a kept pack holds for beside its name. */
export interface Terms {
  readonly reached: Reached;
  /** YYYY-MM-DD: what had run out on the first day runs on no more, and on the last day nothing else has. */
  readonly first: string;
  readonly last?: string;
}

// An entry: length of the terms as JSON in four bytes, these, the pack.
const HEADER = 4;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** False for most rule files: those that have none are not parsed. */
const mayHaveTerms = (bytes: Uint8Array): boolean => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('terms');

/** What says that rules are the same. The terms in a file are no part of the rules that are kept, so that no hash of them is either. */
const nameOf = (bytes: Uint8Array, path: string): string => hashOf(mayHaveTerms(bytes) ? bareFile(bytes, path) : bytes);

/** A reader that notes what it reads. */
export const noting = (read: ReadRules): { readonly read: ReadRules; readonly reached: Reached } => {
  const reached: [string, string | null][] = [];
  return {
    reached,
    read: async (path) => {
      const bytes = await read(path);
      reached.push([path, bytes === undefined ? null : nameOf(bytes, path)]);
      return bytes;
    },
  };
};

/** Where the pack of a choice is kept: by all that is known before a rule file is read. @param builtin as scripts/rules.mjs wrote them */
export const keptName = (choice: RuleChoice, builtin: Uint8Array): string => {
  const { files, useBuiltin, categories, honourInline, only } = choice;
  const given = files.map(({ path, bytes, mayLoosen, beside }) => [path, mayLoosen, beside, nameOf(bytes, path)]);
  const key = JSON.stringify([READING, VERSION, engineKey(), hashOf(builtin), given, useBuiltin, categories, honourInline, only]);
  return `rules-${createHash('sha256').update(key).digest('hex').slice(0, 40)}.pack`;
};

const holds = async ({ reached, first, last }: Terms, read: ReadRules, today: string): Promise<boolean> => {
  if (today < first || (last !== undefined && today > last)) return false;
  for (const [path, hash] of reached) {
    const bytes = await read(path);
    if ((bytes === undefined ? null : nameOf(bytes, path)) !== hash) return false;
  }
  return true;
};

/** The pack of an entry; undefined when a file it goes on from is another now, or an allowlist has run out. @param today YYYY-MM-DD */
export const readKept = async (entry: Uint8Array, read: ReadRules, today: string): Promise<Pack | undefined> => {
  const file = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength);
  const packAt = HEADER + file.readUInt32LE(0);
  const terms = JSON.parse(file.toString('utf8', HEADER, packAt)) as Terms; // written by writeKept, authenticated by its store
  return (await holds(terms, read, today)) ? readPack(inMemory(file.subarray(packAt))) : undefined;
};

export const writeKept = ({ pack, image }: MadePack, terms: Terms): Buffer => {
  const json = Buffer.from(JSON.stringify(terms));
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(json.length);
  return Buffer.concat([header, json, writePack(pack, image)]);
};
