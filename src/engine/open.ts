import { createHash } from 'node:crypto';
import type { AssetFile, Threads } from '../check.ts';
import type { CacheStore } from '../command.ts';
import { KeiError, Exit } from '../errors.ts';
import type { RuleChoice } from '../rules/rule-choice.ts';
import { compileFilters, compilePrefilter } from './filters.ts';
import { readPack, type Pack } from './pack.ts';
import type { TermSet } from '../terms/term-set.ts';
import type { RuleBook } from './rule-book.ts';
import { createScanner, type Scanner } from './scanner.ts';

/** How a run looks at content; plain data, so that a worker makes the same scanner of it. */
export interface ScanPlan {
  readonly decode: number;
  readonly maxFileSize: number;
  /** How deep archives are opened; undefined and 0: not at all. */
  readonly archives?: number;
  /** Tokens of other tools that allow a line, beside those of the rules; and those that do not, whoever honours them. */
  readonly inline?: { readonly honoured: readonly string[]; readonly refused: readonly string[] };
}

export interface Assets {
  asset(name: string): Uint8Array | undefined;
  openAsset(name: string): AssetFile | undefined;
  readonly cache: CacheStore | undefined;
  now(): Date;
  readonly threads: Pick<Threads, 'expectWork'> | undefined;
}

class InstallError extends KeiError {
  readonly exitCode = Exit.failed;
}

const BUILTIN_PACK = 'rules.bin';
const BUILTIN_SET = 'rules.json';

const there = <T>(found: T | undefined, name: string): T => {
  if (found === undefined)
    throw new InstallError(`the built-in rules are missing (${name})`, {
      hint: 'install kei-git again; in its own repository: npm run build',
    });
  return found;
};

/** The compiled rules that came with the program; undefined when they are of another version. */
export const shippedPack = (assets: Pick<Assets, 'openAsset'>): Pack | undefined =>
  readPack(there(assets.openAsset(BUILTIN_PACK), BUILTIN_PACK), true);

const isDefault = (choice: RuleChoice): boolean =>
  choice.useBuiltin &&
  choice.files.length === 0 &&
  choice.honourInline.length === 0 &&
  choice.only === undefined &&
  choice.categories.length === 1 &&
  choice.categories[0] === 'secret';

/**
 * The rules of a run, compiled: the shipped ones as they are, others from the cache or compiled now.
 * @throws {ConfigError} for the first error in a rule file
 */
export const openPack = async (choice: RuleChoice, assets: Assets): Promise<Pack> => {
  if (isDefault(choice)) {
    const pack = shippedPack(assets);
    if (pack !== undefined) return pack;
  }
  // Not loaded where nobody has rule files.
  const { customPack } = await import('./custom-pack.ts');
  const { cache, now, threads } = assets;
  const shipped = (): Pack | undefined => shippedPack(assets);
  return customPack(choice, there(assets.asset(BUILTIN_SET), BUILTIN_SET), { cache, now: () => now(), threads, shipped });
};

/** Raised when other members are found in the same archives. */
const ARCHIVES_VERSION = 1;

/** What verdicts about content depend on. @param terms a name of those of the rules */
export const verdictKey = (
  pack: Pack,
  { decode, maxFileSize, archives = 0, inline }: ScanPlan,
  objectFormat: string,
  terms = '',
): string => {
  const opened = archives === 0 ? [] : [archives, ARCHIVES_VERSION];
  const tokens = inline === undefined ? [] : [inline];
  return createHash('sha256')
    .update(JSON.stringify([pack.key, decode, maxFileSize, objectFormat, terms, ...opened, ...tokens]))
    .digest('hex');
};

/** The rules with other tokens: these are asked for when a match is judged, so that nothing need be compiled. */
const withTokens = (book: () => RuleBook, { inline }: ScanPlan): (() => RuleBook) => {
  if (inline === undefined) return book;
  const { honoured, refused } = inline;
  let changed: RuleBook | undefined;
  return () => {
    changed ??= { ...book(), allowTokens: [...new Set([...book().allowTokens, ...honoured])].filter((token) => !refused.includes(token)) };
    return changed;
  };
};

/** A scanner of a pack. @param terms those of the pack, opened */
export const openScanner = (pack: Pack, plan: ScanPlan, terms?: TermSet): Scanner =>
  createScanner(withTokens(pack.book, plan), pack.image, {
    decode: plan.decode,
    filters: compileFilters,
    whole: pack.whole,
    ...(terms === undefined ? {} : { terms }),
  });

/** The test of paths that are not looked at, where the rules have one. */
export const openPrefilter = (book: RuleBook): ((path: string) => boolean) | undefined => compilePrefilter(book);
