import type { Position } from '../toml.ts';
import { anyExpression, confined } from './confine.ts';
import { changedRule, isWhole } from './merge-rule.ts';
import type { Problem } from './problem.ts';
import { quoted } from '../report/quoted.ts';
import { resolveName } from './rule-names.ts';
import { RulePool, type Held } from './rule-pool.ts';
import { DEFAULT_MAX_WINDOW, type Allowlist, type Neighbour, type RuleSet } from './rule.ts';
import type { FileAllowlist, FileRule, RuleFile, RuleParts } from './rule-file.ts';

/** One rule file with what it goes on from. */
export interface RuleSource {
  readonly file: RuleFile;
  /** What `[extend] path` names, already read. */
  readonly base?: RuleSource;
  readonly imports: readonly RuleFile[];
  /** False: its allowlists and filters concern its own rules only, and its overrides, disabled rules and limits do not count. */
  readonly mayLoosen: boolean;
  /** It was found, not named: the built-in rules stay. */
  readonly beside?: boolean;
}

export interface RuleSources {
  readonly builtin?: RuleSet;
  /** False: the built-in rules are off, and their ids are known all the same. Default true. */
  readonly useBuiltin?: boolean;
  readonly sources: readonly RuleSource[];
}

export interface Combined {
  readonly set: RuleSet;
  /** The built-in rules are part of it. */
  readonly builtin: boolean;
  /** Those of the files, then what only shows when they come together. */
  readonly problems: readonly Problem[];
}

const chainOf = (source: RuleSource): readonly RuleFile[] => [...(source.base === undefined ? [] : chainOf(source.base)), source.file];

const importsOf = (source: RuleSource): readonly RuleFile[] => [
  ...(source.base === undefined ? [] : importsOf(source.base)),
  ...source.imports,
];

const wantsBuiltin = (source: RuleSource): boolean =>
  !source.mayLoosen || source.beside === true || chainOf(source).some(({ extend, schema }) => extend.useDefault ?? schema !== 'gitleaks');
const refusesBuiltin = ({ file, mayLoosen }: RuleSource): boolean =>
  mayLoosen && file.schema !== 'gitleaks' && file.extend.useDefault === false;

/** Whether the built-in rules are part of a scan. Our own files go on from them unless they say no, gitleaks' only if they say so. */
const usesBuiltin = ({ builtin, useBuiltin = true, sources }: RuleSources): boolean =>
  builtin !== undefined && useBuiltin && (sources.length === 0 || sources.some(wantsBuiltin)) && !sources.some(refusesBuiltin);

interface PendingList {
  readonly one: FileAllowlist;
  readonly ofGitleaks: boolean;
}

/** What files say beside their rules. */
interface Said {
  readonly lists: readonly PendingList[];
  readonly tokens: readonly string[];
  readonly prefilter: string | undefined;
  readonly filter: string | undefined;
  readonly maxWindow: number;
}

const startOf = (builtin: RuleSet | undefined, on: boolean): Said => ({
  lists: [],
  tokens: on ? (builtin?.allowTokens ?? []) : [],
  prefilter: on ? builtin?.prefilter : undefined,
  filter: on ? builtin?.filter : undefined,
  maxWindow: builtin?.maxWindow ?? DEFAULT_MAX_WINDOW,
});

const withParts = (said: Said, parts: RuleParts, ofGitleaks: boolean, mayLoosen: boolean): Said => ({
  lists: [...said.lists, ...parts.allowlists.map((one) => ({ one, ofGitleaks }))],
  tokens: [...said.tokens, ...parts.allowTokens],
  prefilter: anyExpression(said.prefilter, parts.prefilter),
  filter: anyExpression(said.filter, parts.filter),
  maxWindow: mayLoosen ? (parts.maxWindow ?? said.maxWindow) : Math.max(said.maxWindow, parts.maxWindow ?? 0),
});

/** Files of one chain are one set of rules: a later one changes what an earlier one gives. */
const mergeChain = (source: RuleSource, chain: readonly RuleFile[]): ReadonlyMap<string, FileRule> => {
  const dropped = new Set(source.file.extend.disabledRules.map(({ id }) => id));
  const added = new Map<string, FileRule>();
  for (const file of chain) {
    const { rules } = source.mayLoosen ? file.set : confined(file.set);
    for (const one of rules) {
      if (file !== source.file && dropped.has(one.rule.id)) continue;
      const before = added.get(one.rule.id);
      if (before === undefined) added.set(one.rule.id, one);
      else if (one.override && isWhole(one)) added.set(one.rule.id, { ...one, override: before.override });
      else {
        const given = new Set([...before.given, ...one.given]);
        added.set(one.rule.id, { ...one, override: before.override, given, rule: changedRule(before.rule, one) });
      }
    }
  }
  return added;
};

const addSource = (source: RuleSource, pool: RulePool, before: Said): Said => {
  const chain = chainOf(source);
  const { mayLoosen } = source;
  pool.problems.push(...[...chain, ...importsOf(source)].flatMap(({ problems }) => problems));
  for (const file of chain) pool.disable(file, mayLoosen);
  for (const file of importsOf(source)) pool.import(file);
  const rules = mergeChain(source, chain);
  for (const one of rules.values()) {
    if (source.file.schema === 'gitleaks') pool.addGitleaks(one, mayLoosen, new Set(rules.keys()));
    else pool.addOurs(one, mayLoosen);
  }
  let said = before;
  for (const file of chain) said = withParts(said, mayLoosen ? file.set : confined(file.set), file.schema === 'gitleaks', mayLoosen);
  return said;
};

/** The list for the rules it names, by the ids they have here; undefined when it is for none of them. */
const aimed = ({ one, ofGitleaks }: PendingList, pool: RulePool): Allowlist | undefined => {
  const { list, file, position } = one;
  if (list.targetRules.length === 0) return list;
  const known = new Set(pool.rules.keys());
  const targetRules = list.targetRules.flatMap((id) => {
    const own = known.has(id) && !pool.builtinIds.has(id);
    const { ids, unmapped, hint } = own ? { ids: [id], unmapped: false, hint: undefined } : resolveName(id, known, ofGitleaks);
    if (ids.length > 0) return ids;
    if (pool.builtinIds.has(id) || (unmapped && !pool.on)) return []; // switched off, so there is nothing to allow
    const message = `no built-in rule for what gitleaks calls ${quoted(id)}: the allowlist does nothing for it`;
    if (unmapped) pool.tell(file, position, 'unmapped-id', 'warning', message);
    else
      pool.tell(file, position, 'unknown-target', ofGitleaks && pool.on ? 'warning' : 'error', `no rule ${quoted(id)} (targetRules)`, hint);
    return [];
  });
  return targetRules.length === 0 ? undefined : { ...list, targetRules: [...new Set(targetRules)] };
};

const neighbours = ({ rule, file }: Held, at: Position | undefined, pool: RulePool): readonly Neighbour[] => {
  const known = new Set(pool.rules.keys());
  return rule.required.map((neighbour) => {
    const { ids, hint } = resolveName(neighbour.id, known, false);
    const [first] = ids;
    if (first !== undefined) return first === neighbour.id ? neighbour : { ...neighbour, id: first };
    const message = `rule ${quoted(rule.id)} requires ${quoted(neighbour.id)}, which is no rule`;
    pool.tell(file, at ?? { line: 1, column: 1 }, 'unknown-target', 'error', message, hint);
    return neighbour;
  });
};

/** Puts the built-in rules and rule files together. With no file the set is the built-in one itself, so that its compiled image serves. */
export const combineRules = (given: RuleSources): Combined => {
  const { builtin, sources } = given;
  const on = usesBuiltin(given);
  if (on && builtin !== undefined && sources.length === 0) return { set: builtin, builtin: true, problems: [] };
  const pool = new RulePool(builtin, on);
  let said = startOf(builtin, on);
  for (const source of sources) said = addSource(source, pool, said);
  const files = sources.flatMap((source) => [...chainOf(source), ...importsOf(source)]);
  const positions = new Map(files.flatMap(({ set }) => set.rules.map(({ rule, position }) => [rule.id, position] as const)));
  const rules = [...pool.rules.values()].map((held) =>
    held.rule.required.length === 0 ? held.rule : { ...held.rule, required: neighbours(held, positions.get(held.rule.id), pool) },
  );
  const lists = [...pool.imported.map((one) => ({ one, ofGitleaks: true })), ...said.lists].flatMap((list) => aimed(list, pool) ?? []);
  const set: RuleSet = {
    rules,
    allowlists: [...(on ? (builtin?.allowlists ?? []) : []), ...lists],
    ...(said.prefilter === undefined ? {} : { prefilter: said.prefilter }),
    ...(said.filter === undefined ? {} : { filter: said.filter }),
    allowTokens: [...new Set(said.tokens)],
    maxWindow: said.maxWindow,
  };
  return { set, builtin: on, problems: pool.problems };
};
