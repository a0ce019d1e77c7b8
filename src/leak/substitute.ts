import type { CheckContext, Event, Key } from '../check.ts';
import { openPack, openPrefilter, openScanner } from '../engine/open.ts';
import type { Pack } from '../engine/pack.ts';
import type { Scanner } from '../engine/scanner.ts';
import { allowedBy, compareFindings, reaches, type Finding } from '../report/finding.ts';
import type { Rule } from '../rules/rule.ts';
import { charactersOf } from '../substitute/characters.ts';
import type { Edit as PlainEdit } from '../substitute/edits.ts';
import { settle, type Spot } from '../substitute/settle.ts';
import { MASK, tokenOf } from '../values/stand-in.ts';
import type { LeakOptions } from './check.ts';
import { withIgnores } from './exceptions.ts';
import { createFinisher, type Finisher, type Whereabouts } from './finish.ts';
import { createMask } from './mask.ts';

/** What takes the place of bytes `start` to `end` (end exclusive) of the input. */
export interface Edit extends PlainEdit {
  /** The rule whose finding it is about, `leak/github-pat`. */
  readonly rule: string;
  /** `bytes` as text. It holds no secret. */
  readonly text: string;
}

export interface Substituted {
  /** The same object as the input when nothing changed. */
  readonly bytes: Uint8Array;
  /** Disjoint, ascending. */
  readonly edits: readonly Edit[];
  /** What stands in `bytes` all the same, with its places there: in binary content, in a path, where nothing may be changed. */
  readonly left: readonly Finding[];
  /** Without a key: how many secrets got their rule's name where a token was asked for. */
  readonly nameless: number;
}

export interface Substitutor {
  /** @param path as snapshots write it */
  content(bytes: Uint8Array, path: string, commit?: string): Substituted;
  /** The message of a commit or of an annotated tag. */
  message(text: Uint8Array, commit?: string): Substituted;
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
}

const certainty = ({ extra }: Finding): number => (typeof extra?.['confidence'] === 'number' ? extra['confidence'] : 0);

export interface Engine {
  readonly pack: Pack;
  readonly scanner: Scanner;
  readonly finisher: Finisher;
}

/** A looker with an engine that is open already. */
export const createLooker = (
  { pack, scanner, finisher }: Engine,
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
  const pack = await openPack(options.choice, context);
  const scanner = openScanner(pack, options.plan);
  const finisher = createFinisher(pack.book(), () => scanner.decider, event, {
    prefilter: openPrefilter(pack.book()),
    inlineCounts: context.landed === undefined,
  });
  return createLooker({ pack, scanner, finisher }, options, context);
};

const isTokenAsked = ({ rule }: Found): boolean => (rule?.replace?.mode ?? 'token') === 'token';

/**
 * Replaces what any of the lookers finds.
 * @param key undefined: where a token is asked for, the rule's name alone is written
 */
export const createSubstitutor = (lookers: readonly Looker[], key: Key | undefined): Substitutor => {
  const form = ({ rule }: Found, secret: Uint8Array): string | undefined => {
    if (rule?.replace?.mode === 'value') return rule.replace.value;
    if (rule?.replace?.mode === 'mask') return MASK;
    return rule === undefined || key === undefined ? undefined : tokenOf(rule.id, key.hmac(PURPOSE, secret));
  };
  const masked = (finding: Finding): Finding => lookers.reduce((said, looker) => looker.masked(said), finding);
  const run = (bytes: Uint8Array, where: Whereabouts): Substituted => {
    const settled = settle<Found>(bytes, {
      characters: charactersOf(bytes),
      find: (content) => lookers.flatMap((looker) => looker.find(content, where)),
      form,
      name: ({ rule, finding }) => rule?.id ?? finding.rule,
      within: () => [0, bytes.length],
    });
    return {
      bytes: settled.bytes,
      edits: settled.edits.map(({ of, ...edit }) => ({ ...edit, rule: of.finding.rule })),
      left: settled.left.map(({ finding }) => masked(finding)).sort(compareFindings),
      nameless: key === undefined ? settled.edits.filter(({ of }) => isTokenAsked(of)).length : 0,
    };
  };
  const at = (commit: string | undefined): Pick<Whereabouts, 'commit'> => (commit === undefined ? {} : { commit });
  return {
    content: (bytes, path, commit) => run(bytes, { path, ...at(commit) }),
    message: (text, commit) => run(text, { path: '', message: true, ...at(commit) }),
  };
};

/** A substitutor under one policy. @throws {ConfigError} for the first error in a rule file */
export const openSubstitutor = async (
  options: SubstituteOptions,
  key: Key | undefined,
  context: CheckContext,
  event: Event,
): Promise<Substitutor> => createSubstitutor([await openLooker(options, context, event)], key);
