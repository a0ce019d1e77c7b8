import type { CheckContext, Event, Key } from '../check.ts';
import { openPrefilter } from '../engine/open.ts';
import type { Pack } from '../engine/pack.ts';
import type { Scanner } from '../engine/scanner.ts';
import { allowedBy, compareFindings, reaches, type Finding, type Skipped } from '../report/finding.ts';
import type { Rule } from '../rules/rule.ts';
import { charactersOf } from '../substitute/characters.ts';
import { applyEdits, type Edit as PlainEdit } from '../substitute/edits.ts';
import { parsePatch } from '../substitute/patch.ts';
import { settle, type Asked, type Spot } from '../substitute/settle.ts';
import { ALL_FOLDS, normalForm } from '../terms/fold.ts';
import { MASK, tokenOf } from '../values/stand-in.ts';
import { withIgnores } from '../config/exceptions.ts';
import { createFinisher, type Finisher, type Whereabouts } from './finish.ts';
import { createMask } from './mask.ts';
import type { LeakOptions } from './options.ts';
import { openRunEngine } from './run-engine.ts';
import { findInPatch, inPatch, lineAround, staleBlobs } from './substitute-patch.ts';

/** What takes the place of bytes `start` to `end` (end exclusive) of the input. */
export interface Edit extends PlainEdit {
  /** The rule whose finding it is about, `leak/github-pat`; empty where it only goes with others. */
  readonly rule: string;
  /** `bytes` as text. It holds no secret. */
  readonly text: string;
  /** Its rule asks for a token, and there was no key. */
  readonly nameless?: boolean;
}

export interface Substituted {
  /** The same object as the input when nothing changed. */
  readonly bytes: Uint8Array;
  /** Disjoint, ascending. */
  readonly edits: readonly Edit[];
  /** What stands in `bytes` all the same, with its places there: in binary content, in a path, where nothing may be changed. */
  readonly left: readonly Finding[];
}

export interface Substitutor {
  /** @param path as snapshots write it */
  content(bytes: Uint8Array, path: string, commit?: string): Substituted;
  /** The message of a commit or of an annotated tag. */
  message(text: Uint8Array, commit?: string): Substituted;
  /**
   * A patch: content of lines, headings of hunks and messages change; its lines stay as many as they are.
   * @param name what the patch is called in findings
   */
  patch(bytes: Uint8Array, name: string): Substituted;
  /** A path as it may be shown. */
  shown(path: string): string;
  /** What of the rules themselves cannot be looked for: terms hashed with a key that is not here. */
  readonly unlooked: readonly Skipped[];
}

export interface SubstituteOptions extends LeakOptions {
  /** Also what ignores and inline allows let stay. */
  readonly all?: boolean;
}

const PURPOSE = 'leak/substitute/1';

/** What is found where, and the rule that found it. */
interface Found {
  readonly finding: Finding;
  readonly rule: Rule | undefined;
}

/** Looks under one policy. */
export interface Looker {
  find(bytes: Uint8Array, where: Whereabouts): readonly Spot<Found>[];
  masked(finding: Finding): Finding;
  shown(path: string): string;
  readonly unlooked: readonly Skipped[];
}

const certainty = ({ extra }: Finding): number => (typeof extra?.['confidence'] === 'number' ? extra['confidence'] : 0);

export interface Engine {
  readonly pack: Pack;
  readonly scanner: Scanner;
  readonly finisher: Finisher;
  readonly unlooked: readonly Skipped[];
}

/** A looker with an engine that is open already. */
export const createLooker = (
  { pack, scanner, finisher, unlooked }: Engine,
  { all = false }: Pick<SubstituteOptions, 'all'>,
  { policy, now }: Pick<CheckContext, 'policy' | 'now'>,
): Looker => {
  const today = now();
  const mask = createMask(scanner);
  let rules: ReadonlyMap<string, Rule> | undefined;
  const ruleOf = (id: string): Rule | undefined => (rules ??= new Map(pack.rules().rules.map((rule) => [`leak/${rule.id}`, rule]))).get(id);
  const counts = (finding: Finding): boolean => (allowedBy(finding) === undefined ? reaches(finding.severity, 'warning') : all);
  return {
    masked: (finding) => mask.finding(finding),
    shown: mask.path,
    unlooked,
    find: (bytes, where) => {
      scanner.buffer(bytes.length).set(bytes);
      const findings = finisher.finish(scanner.scan(bytes.length, where.path), where).map((finding) => withIgnores(finding, policy, today));
      return findings.filter(counts).map((finding): Spot<Found> => {
        const rule = ruleOf(finding.rule);
        const { start = 0, end = 0 } = finding;
        return {
          start,
          end,
          confidence: certainty(finding),
          fixed: rule === undefined || rule.action === 'exclude',
          of: { finding, rule },
        };
      });
    },
  };
};

/**
 * Opens the rules of one policy. An inline allow that does not stand where the policy is from does not count.
 * @throws {ConfigError} for the first error in a rule file
 */
export const openLooker = async (options: SubstituteOptions, context: CheckContext, event: Event): Promise<Looker> => {
  const { pack, scanner, terms, termsIn } = await openRunEngine(options, event, context);
  const finisher = createFinisher(pack.book(), () => scanner.decider, event, {
    prefilter: openPrefilter(pack.book()),
    inlineCounts: context.landed === undefined,
    termsIn,
  });
  return createLooker({ pack, scanner, finisher, unlooked: terms.skipped }, options, context);
};

const isTokenAsked = ({ rule }: Found): boolean => (rule?.replace?.mode ?? 'token') === 'token';

/** What a token is made of: for a term, however it is spelled, the same. */
const named = ({ kind }: Rule, secret: Uint8Array): Uint8Array | string =>
  kind === 'term' ? normalForm(Buffer.from(secret).toString('utf8'), ALL_FOLDS) : secret;

/**
 * Replaces what any of the lookers finds.
 * @param key undefined: where a token is asked for, the rule's name alone is written
 */
export const createSubstitutor = (lookers: readonly Looker[], key: Key | undefined): Substitutor => {
  const form = ({ rule }: Found, secret: Uint8Array): string | undefined => {
    if (rule?.replace?.mode === 'value') return rule.replace.value;
    if (rule?.replace?.mode === 'mask') return MASK;
    return rule === undefined || key === undefined ? undefined : tokenOf(rule.id, key.hmac(PURPOSE, named(rule, secret)));
  };
  const masked = (finding: Finding): Finding => lookers.reduce((said, looker) => looker.masked(said), finding);
  const find = (bytes: Uint8Array, where: Whereabouts): readonly Spot<Found>[] => lookers.flatMap((looker) => looker.find(bytes, where));
  const run = (bytes: Uint8Array, asked: Pick<Asked<Found>, 'find' | 'within'>): Substituted => {
    const name = ({ rule, finding }: Found): string => rule?.id ?? finding.rule;
    const { edits, left, bytes: output } = settle<Found>(bytes, { ...asked, characters: charactersOf(bytes), form, name });
    return {
      bytes: output,
      edits: edits.map(({ of, ...edit }) => ({ ...edit, rule: of.finding.rule, nameless: key === undefined && isTokenAsked(of) })),
      left: left.map(({ finding }) => masked(finding)).sort(compareFindings),
    };
  };
  const whole = (bytes: Uint8Array, where: Whereabouts): Substituted =>
    run(bytes, { find: (content) => find(content, where), within: () => [0, bytes.length] });
  const ofPatch = (bytes: Uint8Array, name: string): Substituted => {
    const patch = parsePatch(bytes);
    const done = run(bytes, { find: (content) => findInPatch(content, find), within: lineAround(patch) });
    const left = inPatch(done.bytes, done.left, name);
    const gone = staleBlobs(patch, done.edits).map(([start, end]): Edit => ({
      start,
      end,
      bytes: new Uint8Array(),
      text: '',
      rule: '',
      nameless: false,
    }));
    if (gone.length === 0) return { ...done, left };
    const edits = [...done.edits, ...gone].sort((a, b) => a.start - b.start);
    return { ...done, left, edits, bytes: applyEdits(bytes, edits) };
  };
  const at = (commit: string | undefined): Pick<Whereabouts, 'commit'> => (commit === undefined ? {} : { commit });
  return {
    content: (bytes, path, commit) => whole(bytes, { path, ...at(commit) }),
    message: (text, commit) => whole(text, { path: '', message: true, ...at(commit) }),
    patch: ofPatch,
    shown: (path) => lookers.reduce((said, looker) => looker.shown(said), path),
    unlooked: lookers.flatMap((looker) => looker.unlooked),
  };
};

/** A substitutor under one policy. @throws {ConfigError} for the first error in a rule file */
export const openSubstitutor = async (
  options: SubstituteOptions,
  key: Key | undefined,
  context: CheckContext,
  event: Event,
): Promise<Substitutor> => createSubstitutor([await openLooker(options, context, event)], key);
