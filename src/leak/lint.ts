import { needsLinear } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import { backtracking, RISKY } from '../regex/risk.ts';
import type { Position } from '../toml.ts';
import { CHECKSUMS } from '../values/checksums.ts';
import { fillPlaceholders } from '../values/placeholders.ts';
import { MASK, nameOf, plainOf } from '../values/stand-in.ts';
import type { Problem } from '../rules/problem.ts';
import { quoted } from '../report/quoted.ts';
import type { RuleSet, RuleTest } from '../rules/rule.ts';
import type { FileRule } from '../rules/rule-file.ts';
import type { TermKeys } from '../terms/hashed.ts';
import { createTrial, type Trial } from './trial.ts';

export interface LintOptions {
  /** Tell what each rule costs, not only what is dear. */
  readonly costs: boolean;
  /** A rule without a test of each kind is in error. */
  readonly needsTests: boolean;
  /** For hashed terms; undefined: there is no key. */
  readonly keys?: TermKeys | undefined;
}

/** Windows that stand at more positions than this are worth a word. */
const DEAR = 1e-4;

const told = (
  one: FileRule,
  code: string,
  severity: Problem['severity'],
  message: string,
  hint?: string,
  at: Position = one.position,
): Problem => ({
  code,
  severity,
  file: one.file,
  line: at.line,
  column: at.column,
  message,
  ...(hint === undefined ? {} : { hint }),
});

class NoCheckDigits extends Error {}

const complete = (checksum: string, token: string): string => {
  const make = Object.hasOwn(CHECKSUMS, checksum) ? CHECKSUMS[checksum]?.complete : undefined;
  if (make === undefined) throw new NoCheckDigits(checksum);
  return make(token);
};

/** What went wrong with one test; undefined: nothing. No text of the test is told. */
const failure = (one: FileRule, { text, expect, secret, path }: RuleTest, trial: Trial): string | undefined => {
  const bytes = Buffer.from(fillPlaceholders(text, one.rule.id, complete));
  const found = trial.each(bytes, path).filter(({ rule }) => rule.id === one.rule.id);
  if (expect === 'miss') return found.length === 0 ? undefined : 'must miss, but the rule finds something';
  if (found.length === 0) return 'must hit, but the rule finds nothing';
  if (secret === undefined) return undefined;
  const wanted = fillPlaceholders(secret, one.rule.id, complete);
  const secrets = found.map(({ start, end }) => bytes.subarray(start, end).toString());
  return secrets.includes(wanted)
    ? undefined
    : `hits, but what it finds has ${secrets[0]?.length ?? 0} characters, not the ${wanted.length} of secret`;
};

const testProblem = (one: FileRule, test: RuleTest, at: Position | undefined, trial: Trial): readonly Problem[] => {
  try {
    const wrong = failure(one, test, trial);
    return wrong === undefined ? [] : [told(one, 'failed-test', 'error', `a test of ${quoted(one.rule.id)} ${wrong}`, undefined, at)];
  } catch (error) {
    if (!(error instanceof NoCheckDigits)) throw error;
    return [
      told(
        one,
        'bad-test',
        'error',
        `a test of ${quoted(one.rule.id)} asks for check digits of ${quoted(error.message)}, which nobody can make`,
        undefined,
        at,
      ),
    ];
  }
};

const testProblems = (one: FileRule, trial: Trial, needsTests: boolean): readonly Problem[] => {
  const { id, tests } = one.rule;
  const missing = (['hit', 'miss'] as const).filter((kind) => !tests.some(({ expect }) => expect === kind));
  const untested = told(
    one,
    'untested',
    needsTests ? 'error' : 'note',
    `rule ${quoted(id)} has no test that must ${missing.join(', and none that must ')}`,
  );
  // A test of terms would hold one in clear.
  const wanted = one.rule.origin !== 'gitleaks' && !one.override && one.rule.kind !== 'term' && missing.length > 0;
  return [...(wanted ? [untested] : []), ...tests.flatMap((test, index) => testProblem(one, test, one.testPlaces[index], trial))];
};

const share = (cost: number): string =>
  cost === 0 ? 'none' : cost >= 1e-6 ? `${Number((cost * 1e6).toPrecision(2))} in a million` : 'less than one in a million';

const costProblems = (one: FileRule, strategy: string | undefined, cost: number, all: boolean): readonly Problem[] => {
  const name = `rule ${quoted(one.rule.id)}`;
  const hint = 'a fixed part of four characters or more in each alternative makes it cheap';
  if (one.rule.kind === 'term') return [];
  if (strategy === 'whole')
    return [
      told(one, 'cost', 'warning', `${name} is searched in every file as a whole: nothing in it is rare`, `${hint}; or give it keywords`),
    ];
  if (strategy === 'keyword')
    return [told(one, 'cost', 'note', `${name} is searched by its keywords, then in each file that has one as a whole`, hint)];
  if (cost > DEAR || all)
    return [
      told(
        one,
        'cost',
        'note',
        `${name} is looked at where a rare part of it stands: ${share(cost)} positions of ordinary text`,
        ...(cost > DEAR ? [hint] : []),
      ),
    ];
  return [];
};

const riskProblems = (one: FileRule): readonly Problem[] => {
  const { regex, id } = one.rule;
  const pattern = regex === undefined ? undefined : parsePattern(regex);
  if (pattern === undefined || !needsLinear(pattern)) return [];
  const runsAway = backtracking(pattern.tree) > RISKY;
  const why = runsAway ? 'could run away' : 'repeats a group that it captures';
  const hint = runsAway ? 'bound the repeats, and let none stand in another that begins alike' : 'make the group (?:…)';
  return [
    told(one, 'slow-expression', 'note', `the expression of ${quoted(id)} ${why}, so it runs on the linear engine, which is slower`, hint),
  ];
};

/** A text like a token's ending. */
const ENDING = 'k4xzq2mbaw';

/** What a substitution writes and is found again gives way to something that says less. */
const standInProblems = (rules: readonly FileRule[], set: RuleSet, trial: Trial): readonly Problem[] => {
  const ids = new Map(rules.map((one) => [one.rule.id, one]));
  const written = [...rules.flatMap(({ rule }) => [plainOf(rule.id), `<${nameOf(rule.id)}:${ENDING}>`]), MASK].join('\n');
  const finders = new Set(trial.each(written).flatMap(({ rule }) => ids.get(rule.id) ?? []));
  const found = [...finders].map((one) =>
    told(
      one,
      'finds-stand-ins',
      'warning',
      `rule ${quoted(one.rule.id)} finds what takes a secret's place`,
      'let it not match <, > or ***',
    ),
  );
  const valued = rules.filter(({ rule }) => rule.replace?.mode === 'value');
  if (valued.length === 0) return found;
  const all = createTrial(set, 0);
  return [
    ...found,
    ...valued.flatMap((one): readonly Problem[] => {
      const { replace } = one.rule;
      const other = replace?.mode === 'value' ? all.each(replace.value).find(({ rule }) => !rule.skipReport) : undefined;
      const message = `the value of ${quoted(one.rule.id)} is what ${quoted(other?.rule.id ?? '')} finds: it would be replaced again`;
      return other === undefined ? [] : [told(one, 'bad-value', 'error', message)];
    }),
  ];
};

const HIDDEN: ReadonlySet<string> = new Set(['patent-ip', 'internal-infra', 'private-project']);

/** What of a rule of terms shows one, or cannot be looked for. */
const termProblems = (one: FileRule, index: number, trial: Trial): readonly Problem[] => {
  const { id, terms = [], category, description, rationale = '' } = one.rule;
  if (one.rule.kind !== 'term') return [];
  const name = `rule ${quoted(id)}`;
  const shown = trial.each([id, description, rationale].join('\n')).some(({ rule }) => rule.kind === 'term');
  const unopened = trial.unopened.filter(({ rule }) => rule === index);
  return [
    ...(shown
      ? [
          told(
            one,
            'shown-term',
            'error',
            'the id, the description or the rationale of a rule holds a term',
            'reports show them: write another',
          ),
        ]
      : []),
    ...(terms.some(({ clear }) => clear) && HIDDEN.has(category)
      ? [
          told(
            one,
            'plain-terms',
            'note',
            `terms of ${name} stand in clear: whoever reads the file knows them`,
            'kei-git leak term add hashes them',
          ),
        ]
      : []),
    ...unopened.map(({ count: terms_, keyId }) =>
      told(
        one,
        'unopened-terms',
        'note',
        `${terms_} hashed terms of ${name} were not tried: they need key ${keyId}`,
        'kei-git leak key --import',
      ),
    ),
  ];
};

/** The rules of a set that some rules need: themselves and their neighbours. */
const needed = (set: RuleSet, ids: ReadonlySet<string>): RuleSet => {
  const all = new Set(ids);
  const required = set.rules.filter(({ id }) => ids.has(id)).flatMap((rule) => rule.required);
  for (const { id } of required) all.add(id);
  return { ...set, rules: set.rules.filter(({ id }) => all.has(id)) };
};

/**
 * What shows when rules are compiled and run: their own tests, what they cost, what could run away.
 * @param rules of files without errors
 * @param set what they are part of
 */
export const lintRules = (rules: readonly FileRule[], set: RuleSet, { costs, needsTests, keys }: LintOptions): readonly Problem[] => {
  const chosen = needed(set, new Set(rules.map(({ rule }) => rule.id)));
  const trial = createTrial(chosen, 0, keys);
  const places = new Map(chosen.rules.map(({ id }, index) => [id, index]));
  const perRule = rules.flatMap((one) => {
    const index = places.get(one.rule.id);
    if (index === undefined) return [];
    const { strategies, costs: shares } = trial.compiled;
    return [
      ...testProblems(one, trial, needsTests),
      ...costProblems(one, strategies[index], shares[index] ?? 0, costs),
      ...riskProblems(one),
      ...termProblems(one, index, trial),
    ];
  });
  return [...perRule, ...standInProblems(rules, set, trial)];
};
