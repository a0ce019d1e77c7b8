import { createHash, randomBytes } from 'node:crypto';
import { openTerms } from '../terms/term-set.ts';
import type { Event } from '../check.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { Finding } from '../report/finding.ts';
import { combineRules, type RuleSource } from '../rules/combine.ts';
import { openPrefilter, openScanner } from '../engine/open.ts';
import { createFinisher, type Finisher } from './finish.ts';
import { inMemory } from '../engine/image.ts';
import { makePack } from '../engine/make-pack.ts';
import { readPack, type Pack } from '../engine/pack.ts';
import { throwFirst } from '../report/problem.ts';
import type { Category } from '../config/categories.ts';
import type { RuleSet, Scope } from '../rules/rule.ts';
import { parseRuleFile } from '../rules/parse.ts';
import type { Scanner } from '../engine/scanner.ts';

/** Compiled rules. Make them once and scan many times: the first scan of each makes the scanner, the others use it. */
export interface Rules {
  /** SHA-256 of engine and rules, hexadecimal: what was judged under the same key need not be judged again. Where rules have terms it is another each time. */
  readonly key: string;
  /** What `scanBytes` reports as `leak/ID`. */
  ids(): readonly string[];
}

/** The text of a rule file: ours, or one of gitleaks or betterleaks. */
export interface RuleText {
  /** As messages name it. */
  readonly file: string;
  readonly text: string | Uint8Array;
}

export interface LoadOptions {
  /** Rules to go on from, as `builtinRules` gave them. Absent: the texts are all there is. */
  readonly builtin?: Rules;
  /** For the `until` of allowlists; default: none has run out. */
  readonly now?: Date;
}

export interface ScanOptions {
  /** How deep encoded text is decoded and read again, 0 to 8; default 3. */
  readonly decode?: number;
  /** The occasion, as rules name it in their `scope`. Default `write`. */
  readonly scope?: Scope;
}

const MAX_DECODE = 8;

const EVENT_OF: Readonly<Record<Scope, Event>> = {
  write: 'check',
  message: 'commit-msg',
  push: 'pre-push',
  agent: 'agent-write',
  mirror: 'mirror',
};

interface Instance {
  readonly scanner: Scanner;
  readonly finishers: Map<Scope, Finisher>;
}
/** What stands behind `Rules`. A scanner holds some megabytes of WebAssembly memory: one for each depth of decoding. */
interface Held {
  readonly pack: Pack;
  readonly byDepth: Map<number, Instance>;
}
const held = new WeakMap<Rules, Held>();

// A hash of terms could be tried until they are found.
const keyOf = ({ key, terms }: Pack): string =>
  terms.length === 0 ? key : createHash('sha256').update(key).update(randomBytes(32)).digest('hex');

const rulesOf = (pack: Pack): Rules => {
  const ids = (): readonly string[] =>
    pack
      .rules()
      .rules.filter(({ skipReport }) => !skipReport)
      .map(({ id }) => id);
  const rules: Rules = { key: keyOf(pack), ids };
  held.set(rules, { pack, byDepth: new Map() });
  return rules;
};

const behind = (rules: Rules): Held => {
  const found = held.get(rules);
  if (found === undefined) throw new UsageError('these are no rules', { hint: 'loadRules and builtinRules make them' });
  return found;
};

/**
 * The built-in rules.
 * @param bytes content of `kei-git/rules.bin`, which is compiled and holds category secret, or of `kei-git/rules.json`, which holds every category
 * and is compiled now
 * @param categories which of `kei-git/rules.json`
 * @throws {UsageError} when the bytes are neither, or of another version
 */
export const builtinRules = (bytes: Uint8Array, categories: readonly Category[] = ['secret']): Rules => {
  const pack = readPack(inMemory(bytes));
  if (pack !== undefined) return rulesOf(pack);
  const wrong = (cause?: unknown): UsageError =>
    new UsageError('these are no built-in rules of this version', {
      hint: "give the content of require.resolve('kei-git/rules.bin')",
      cause,
    });
  if (bytes[0] !== 0x7b) throw wrong();
  let set: RuleSet;
  try {
    set = JSON.parse(Buffer.from(bytes).toString('utf8')) as RuleSet; // made by scripts/rules.mjs
  } catch (cause) {
    throw wrong(cause);
  }
  return rulesOf(makePack({ ...set, rules: set.rules.filter(({ category }) => categories.includes(category)) }).pack);
};

/**
 * Reads and compiles rule files, in their order. What a file names beside itself (`[extend] path`, imports) is not read: give the texts.
 * Built-in rules are part of it where `builtin` is given and the files want them, as in a scan: ours unless they say `useDefault = false`,
 * gitleaks' if they say `useDefault = true`.
 * @throws {ConfigError} for the first error, with file, line and column
 */
export const loadRules = (texts: readonly RuleText[], { builtin, now }: LoadOptions = {}): Rules => {
  const sources = texts.map(({ file, text }): RuleSource => {
    const read = parseRuleFile(text, file, { origin: file, ...(now === undefined ? {} : { now }) });
    const [beside] = [read.extend.pathPosition, ...read.extend.imports.map(({ position }) => position)].filter(
      (place) => place !== undefined,
    );
    if (beside !== undefined)
      throw new ConfigError(`${file}:${beside.line}:${beside.column}: other files are not read here`, { hint: 'give their texts as well' });
    return { file: read, imports: [], mayLoosen: true };
  });
  const { set, problems } = combineRules({ ...(builtin === undefined ? {} : { builtin: behind(builtin).pack.rules() }), sources });
  throwFirst(problems.filter(({ severity }) => severity === 'error'));
  return rulesOf(makePack(set).pack);
};

const instanceOf = ({ pack, byDepth }: Held, decode: number): Instance => {
  const known = byDepth.get(decode) ?? {
    scanner: openScanner(pack, { decode, maxFileSize: Infinity }, openTerms(pack.terms, undefined).set),
    finishers: new Map<Scope, Finisher>(),
  };
  byDepth.set(decode, known);
  return known;
};

const finisherOf = (pack: Pack, scanner: Scanner, scope: Scope): Finisher =>
  createFinisher(pack.book(), () => scanner.decider, EVENT_OF[scope], { prefilter: openPrefilter(pack.book()), termsIn: scanner.termsIn });

/**
 * Looks at content that is in memory: an editor's buffer, a proposed file, a text to redact. Reads nothing else: settings, ignores and other
 * files have no say; allowlists and inline allows of the rules have.
 * @param path what the content is called, with `/`: rules and allowlists ask for it
 * @returns findings in the order of their bytes. `start` and `end` are bytes of the secret, or of the encoded text it was decoded from
 */
export const scanBytes = (rules: Rules, bytes: Uint8Array, path: string, options: ScanOptions = {}): readonly Finding[] => {
  const { decode = 3, scope = 'write' } = options;
  if (!Number.isInteger(decode) || decode < 0 || decode > MAX_DECODE)
    throw new UsageError(`decode must be a whole number from 0 to ${MAX_DECODE}`);
  const known = behind(rules);
  const { scanner, finishers } = instanceOf(known, decode);
  const finisher = finishers.get(scope) ?? finisherOf(known.pack, scanner, scope);
  finishers.set(scope, finisher);
  scanner.buffer(bytes.length).set(bytes);
  const hits = scanner.scan(bytes.length, path);
  return finisher.finish(hits, { path }).toSorted((a, b) => (a.start ?? -1) - (b.start ?? -1) || (a.end ?? -1) - (b.end ?? -1));
};
