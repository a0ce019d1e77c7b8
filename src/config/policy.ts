import type { Event } from '../check.ts';
import { printable } from '../report/printable.ts';
import { SEVERITIES, type Finding, type Severity } from '../report/finding.ts';
import { count } from '../report/quantity.ts';
import { withoutSecrets } from '../report/quoted.ts';
import type { PlaceIgnore } from './gitleaks-ignore.ts';
import { type Ignore, type PlacedIgnore } from './ignores.ts';
import { positionOf, splitKey, valueOf, type Layer } from './layer.ts';
import { isLooser, showValue } from './merge.ts';
import { findingsOf, type Notice } from './notice.ts';
import type { Allowance, RuleOutline, RuleOutlines } from './rules.ts';
import { IGNORES_FILE, KEYS } from './keys.ts';

// Policy is not taken from the side that is being judged.

export type PullRequest = 'none' | 'same-repository' | 'fork';
export type PolicySide = 'merge-base' | 'remote-tip' | 'head' | 'index' | 'target';

/** The side whose kei.toml, rules and ignores decide. `target`: what is looked at is nobody's proposal. */
export const policySide = (event: Event, pullRequest: PullRequest): PolicySide => {
  switch (event) {
    case 'ci':
      return pullRequest === 'none' ? 'target' : 'merge-base';
    case 'pre-push':
      return 'remote-tip';
    case 'agent-write':
    case 'agent-command':
    case 'mirror':
      return 'head';
    case 'pre-commit':
    case 'commit-msg':
      return 'index';
    case 'check':
      return 'target';
  }
};

/** True when ignores and inline allows of the judged side lower a finding to a listed note; else they do nothing. */
export const judgedIgnoresCount = (event: Event, pullRequest: PullRequest, baseHeadIgnores: boolean): boolean =>
  event !== 'ci' || pullRequest === 'none' || (pullRequest === 'same-repository' && baseHeadIgnores);

/** What one side of a repository says about its guards. */
export interface PolicyState {
  readonly layer: Layer;
  readonly ignores: readonly PlacedIgnore[];
  readonly places: readonly PlaceIgnore[];
  readonly rules: RuleOutlines;
}

/** Something that `after` lets pass and `before` did not. */
export type Weakening = Notice;

const shown = (id: string): string => withoutSecrets(printable(id));

const configWeakenings = (before: Layer, after: Layer): readonly Weakening[] =>
  KEYS.flatMap((key): Weakening[] => {
    const [was, is] = [valueOf(before.config, key), valueOf(after.config, key)];
    if (!isLooser(key, was, is)) return [];
    const [table, name] = splitKey(key);
    const sentence = `${name} in [${table}] goes from ${withoutSecrets(showValue(key, was))} to ${withoutSecrets(showValue(key, is))}`;
    return [{ key, file: after.file, position: positionOf(after, key), sentence }];
  });

const covers = (old: Ignore, entry: Ignore): boolean =>
  (['rule', 'fingerprint', 'match', 'path'] as const).every((key) => old[key] === entry[key]) &&
  (old.until === undefined || (entry.until !== undefined && entry.until <= old.until));

const showIgnore = ({ rule, fingerprint, match, path, until }: Ignore): string =>
  printable(
    [fingerprint ?? rule ?? '', ` in ${withoutSecrets(match ?? path ?? 'any file')}`, until === undefined ? '' : ` until ${until}`].join(
      '',
    ),
  );

const ignoreWeakenings = (before: readonly PlacedIgnore[], after: readonly PlacedIgnore[]): readonly Weakening[] =>
  after
    .filter((entry) => !before.some((old) => covers(old, entry)))
    .map((entry) => ({
      key: `ignore:${entry.rule ?? ''}:${entry.fingerprint ?? ''}:${entry.match ?? ''}:${entry.path ?? ''}:${entry.until ?? ''}`,
      file: IGNORES_FILE,
      position: entry.position,
      sentence: `findings are ignored that were not: ${showIgnore(entry)}`,
    }));

const placeKey = ({ commit = '', path, rule, line }: PlaceIgnore): string => `${commit}:${path}:${rule}:${line}`;

const placeWeakenings = (before: readonly PlaceIgnore[], after: readonly PlaceIgnore[]): readonly Weakening[] => {
  const known = new Set(before.map(placeKey));
  return after
    .filter((entry) => !known.has(placeKey(entry)))
    .map((entry) => ({
      key: `place:${placeKey(entry)}`,
      file: entry.file,
      position: entry.position,
      sentence: `findings are ignored that were not: ${shown(entry.rule)} in ${shown(entry.path)}, line ${entry.line}`,
    }));
};

/** Rules by id; a second one of the same id by `id#2`. */
const byId = (rules: readonly RuleOutline[]): ReadonlyMap<string, RuleOutline> => {
  const found = new Map<string, RuleOutline>();
  for (const rule of rules) {
    let key = rule.id;
    for (let n = 2; found.has(key); n++) key = `${rule.id}#${n}`;
    found.set(key, rule);
  }
  return found;
};

const isMilder = (a: Severity, b: Severity): boolean => SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
const isNarrower = (a: RuleOutline['scopes'], b: RuleOutline['scopes']): boolean =>
  a !== undefined && (b === undefined || b.some((scope) => !a.includes(scope)));

const ruleSentence = (name: string, was: RuleOutline, is: RuleOutline): string | undefined => {
  if (isMilder(is.severity, was.severity)) return `rule ${name} goes from ${was.severity} to ${is.severity}`;
  if (isNarrower(is.scopes, was.scopes)) return `rule ${name} no longer looks everywhere it did (scope)`;
  const gone = [...was.terms].filter((term) => !is.terms.has(term)).length;
  if (gone > 0) return `rule ${name} no longer looks for ${count(gone, 'term')}`;
  return is.matching === was.matching ? undefined : `rule ${name} may match less: what it looks for changed`;
};

const ruleWeakenings = (
  before: readonly RuleOutline[],
  after: readonly RuleOutline[],
  builtin: ReadonlySet<string>,
): readonly Weakening[] => {
  const [old, now] = [byId(before), byId(after)];
  const gone = [...old].flatMap(([id, was]): Weakening[] => {
    const is = now.get(id);
    const sentence = is === undefined ? `rule ${shown(id)} is gone` : ruleSentence(shown(id), was, is);
    return sentence === undefined ? [] : [{ key: `rule:${id}`, file: (is ?? was).file, position: is?.position, sentence }];
  });
  const replacing = [...now].flatMap(([id, { overrides, file, position }]): Weakening[] => {
    const was = old.get(id);
    if (was?.overrides === overrides || (was !== undefined && !overrides) || !(overrides || builtin.has(id))) return [];
    return [{ key: `override:${id}`, file, position, sentence: `rule ${shown(id)} takes the place of another rule of that id` }];
  });
  return [...gone, ...replacing];
};

const allowanceKey = ({ rule, text }: Allowance): string => `${rule ?? ''}\0${text}`;

const allowanceWeakenings = (before: RuleOutlines, after: RuleOutlines): readonly Weakening[] => {
  const known = new Set(before.allowances.map(allowanceKey));
  const old = new Set(before.rules.map(({ id }) => id));
  return (
    after.allowances
      .filter((allowance) => !known.has(allowanceKey(allowance)))
      // A new rule may bring exceptions of its own: it stops more than there was before.
      .filter(({ rule }) => rule === undefined || old.has(rule))
      .map(({ rule, text, file, position }) => ({
        key: `allowlist:${rule ?? ''}:${text}`,
        file,
        position,
        sentence: `a new or changed allowlist ${rule === undefined ? 'for all rules' : `for rule ${shown(rule)}`}`,
      }))
  );
};

const disabledWeakenings = (before: RuleOutlines['disabled'], after: RuleOutlines['disabled']): readonly Weakening[] =>
  [...after]
    .filter(([id]) => !before.has(id) && !before.has('*'))
    .map(([id, { file, position }]) => ({
      key: `disabled:${id}`,
      file,
      position,
      sentence: id === '*' ? 'the built-in rules are switched off' : `the built-in rule ${shown(id)} is switched off`,
    }));

const limitWeakenings = (before: RuleOutlines, after: RuleOutlines): readonly Weakening[] => {
  const file = after.rules[0]?.file ?? before.rules[0]?.file ?? 'leak-matrix';
  return before.limits === after.limits ? [] : [{ key: 'limits', file, sentence: 'limits of rule files changed' }];
};

/**
 * What `after` lets pass that `before` stops, or may: a changed expression counts, because nobody can say which of two matches less.
 * @param builtin ids of the built-in rules, which a rule of the same id replaces
 */
export const weakenings = (before: PolicyState, after: PolicyState, builtin: readonly string[] = []): readonly Weakening[] => [
  ...configWeakenings(before.layer, after.layer),
  ...ignoreWeakenings(before.ignores, after.ignores),
  ...placeWeakenings(before.places, after.places),
  ...ruleWeakenings(before.rules.rules, after.rules.rules, new Set(builtin)),
  ...allowanceWeakenings(before.rules, after.rules),
  ...disabledWeakenings(before.rules.disabled, after.rules.disabled),
  ...limitWeakenings(before.rules, after.rules),
];

/** `policy/changed`, for a commit that weakens its own guards. */
export const weakeningFindings = (
  found: readonly Weakening[],
  hint = 'a guard lets more pass after this; commit it by itself, so that a person sees it',
): readonly Finding[] => findingsOf(found, 'policy/changed', 'warning', hint);
