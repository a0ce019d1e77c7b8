import type { Position } from '../toml.ts';
import { changedRule, isWhole } from './merge-rule.ts';
import { quoted, type Problem } from './problem.ts';
import { resolveName } from './rule-names.ts';
import { DEFAULT_MAX_WINDOW, type Allowlist, type Neighbour, type Rule, type RuleSet } from './rule.ts';
import type { FileAllowlist, FileRule, RuleFile, RuleParts } from './rule-file.ts';

/** One rule file with what it goes on from. */
export interface RuleSource {
  readonly file: RuleFile;
  /** What `[extend] path` names, already read. */
  readonly base?: RuleSource;
  readonly imports: readonly RuleFile[];
  /** False: its allowlists and filters concern its own rules only, and its overrides, disabled rules and limits do not count. */
  readonly mayLoosen: boolean;
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

interface Held {
  readonly rule: Rule;
  readonly file: string;
}

const chainOf = (source: RuleSource): readonly RuleFile[] => [...(source.base === undefined ? [] : chainOf(source.base)), source.file];

const importsOf = (source: RuleSource): readonly RuleFile[] => [...(source.base === undefined ? [] : importsOf(source.base)), ...source.imports];

const wantsBuiltin = (source: RuleSource): boolean =>
  !source.mayLoosen || chainOf(source).some(({ extend, schema }) => extend.useDefault ?? schema !== 'gitleaks');
const refusesBuiltin = ({ file, mayLoosen }: RuleSource): boolean => mayLoosen && file.schema !== 'gitleaks' && file.extend.useDefault === false;

/** Whether the built-in rules are part of a scan. Our own files go on from them unless they say no, gitleaks' only if they say so. */
const usesBuiltin = ({ builtin, useBuiltin = true, sources }: RuleSources): boolean =>
  builtin !== undefined && useBuiltin && (sources.length === 0 || sources.some(wantsBuiltin)) && !sources.some(refusesBuiltin);

const anyOf = (...expressions: readonly (string | undefined)[]): string | undefined => {
  const some = expressions.filter((expression) => expression !== undefined);
  return some.length > 1 ? some.map((expression) => `(${expression}\n)`).join(' || ') : some[0];
};

/** What a file says about all rules, said about its own only. */
const confined = (parts: RuleParts): RuleParts => {
  const ids = new Set(parts.rules.map(({ rule }) => rule.id));
  const filter = anyOf(parts.prefilter, parts.filter);
  const rules = parts.rules.map((one): FileRule => {
    const own = anyOf(filter, one.rule.filter);
    return own === undefined ? one : { ...one, rule: { ...one.rule, filter: own } };
  });
  const allowlists = parts.allowlists.flatMap((one): FileAllowlist[] => {
    const targets = one.list.targetRules.length === 0 ? [...ids] : one.list.targetRules.filter((id) => ids.has(id));
    return targets.length === 0 ? [] : [{ ...one, list: { ...one.list, targetRules: targets } }];
  });
  return { rules, allowlists, allowTokens: [] };
};

class Combiner {
  private readonly rules = new Map<string, Held>();
  private readonly allowlists: { readonly one: FileAllowlist; readonly ofGitleaks: boolean }[] = [];
  private readonly tokens = new Set<string>();
  private readonly builtinIds: ReadonlySet<string>;
  private readonly on: boolean;
  private readonly builtin: RuleSet | undefined;
  private prefilter: string | undefined;
  private filter: string | undefined;
  private maxWindow: number;
  readonly problems: Problem[] = [];

  constructor(builtin: RuleSet | undefined, on: boolean) {
    this.builtin = builtin;
    this.on = on;
    this.builtinIds = new Set(builtin?.rules.map(({ id }) => id));
    this.maxWindow = builtin?.maxWindow ?? DEFAULT_MAX_WINDOW;
    if (!on || builtin === undefined) return;
    for (const rule of builtin.rules) this.rules.set(rule.id, { rule, file: 'built-in' });
    for (const token of builtin.allowTokens) this.tokens.add(token);
    this.prefilter = builtin.prefilter;
    this.filter = builtin.filter;
  }

  private tell(file: string, at: Position, code: string, severity: Problem['severity'], message: string, hint?: string): void {
    this.problems.push({ code, severity, file, line: at.line, column: at.column, message, ...(hint === undefined ? {} : { hint }) });
  }

  add(source: RuleSource): void {
    const chain = chainOf(source);
    this.problems.push(...chain.flatMap(({ problems }) => problems), ...importsOf(source).flatMap(({ problems }) => problems));
    for (const file of chain) this.disable(file, source.mayLoosen);
    for (const file of importsOf(source)) this.import(file);
    const own = new Set(chain.flatMap((file) => file.set.rules.map(({ rule }) => rule.id)));
    const dropped = new Set(source.file.extend.disabledRules.map(({ id }) => id));
    const added = new Map<string, FileRule>();
    for (const file of chain) {
      const parts = source.mayLoosen ? file.set : confined(file.set);
      for (const one of parts.rules) {
        const before = added.get(one.rule.id);
        if (file !== source.file && dropped.has(one.rule.id)) continue;
        // Files of one chain are one set of rules: a later one changes what an earlier one gives.
        if (before === undefined) added.set(one.rule.id, one);
        else added.set(one.rule.id, { ...one, given: new Set([...before.given, ...one.given]), rule: changedRule(before.rule, one) });
      }
      for (const one of parts.allowlists) this.allowlists.push({ one, ofGitleaks: file.schema === 'gitleaks' });
      this.limits(parts, source.mayLoosen);
    }
    for (const one of added.values()) {
      if (source.file.schema === 'gitleaks') this.addGitleaks(one, source.mayLoosen, own);
      else this.addOurs(one, source.mayLoosen);
    }
  }

  private limits(parts: RuleParts, mayLoosen: boolean): void {
    for (const token of parts.allowTokens) this.tokens.add(token);
    this.prefilter = anyOf(this.prefilter, parts.prefilter);
    this.filter = anyOf(this.filter, parts.filter);
    if (parts.maxWindow !== undefined) this.maxWindow = mayLoosen ? parts.maxWindow : Math.max(this.maxWindow, parts.maxWindow);
  }

  private disable(file: RuleFile, mayLoosen: boolean): void {
    const ofGitleaks = file.schema === 'gitleaks';
    const own = new Set(file.set.rules.map(({ rule }) => rule.id));
    for (const { id, position } of file.extend.disabledRules) {
      const { ids, unmapped, hint } = resolveName(id, this.builtinIds, ofGitleaks);
      if (ids.length === 0 && unmapped) this.tell(file.file, position, 'unmapped-id', 'warning', `no built-in rule for what gitleaks calls ${quoted(id)}: there is nothing to disable`);
      else if (ids.length === 0 && file.extend.path === undefined && !own.has(id) && this.builtin !== undefined)
        this.tell(file.file, position, 'unknown-target', ofGitleaks ? 'warning' : 'error', `no rule ${quoted(id)} to disable`, hint);
      if (mayLoosen) for (const known of ids) this.rules.delete(known);
      else if (ids.length > 0) this.refuse(file.file, position, `rule ${quoted(id)} is not disabled`);
    }
  }

  private refuse(file: string, at: Position, what: string): void {
    this.tell(file, at, 'refused', 'note', `${what}: a repository that is not trusted cannot loosen your own settings`, 'if these rules are yours or reviewed: kei-git trust');
  }

  /** Rules of another tool's file: one whose name is taken already stays out. */
  private import(file: RuleFile): void {
    const parts = confined(file.set);
    const taken = new Set<string>();
    for (const one of parts.rules) {
      const before = this.rules.get(one.rule.id);
      if (before === undefined && (one.rule.regex !== undefined || one.rule.path !== undefined)) this.rules.set(one.rule.id, { rule: one.rule, file: file.file });
      else taken.add(one.rule.id);
      if (before !== undefined) this.tell(file.file, one.position, 'import-left-out', 'note', `rule ${quoted(one.rule.id)} is not imported: ${before.file} has one of that id`);
    }
    for (const one of parts.allowlists) {
      const targetRules = one.list.targetRules.filter((id) => !taken.has(id));
      if (targetRules.length > 0) this.allowlists.push({ one: { ...one, list: { ...one.list, targetRules } }, ofGitleaks: true });
    }
  }

  private addOurs(one: FileRule, mayLoosen: boolean): void {
    const { id } = one.rule;
    const before = this.rules.get(id);
    if (before === undefined) {
      if (!one.override) this.rules.set(id, { rule: one.rule, file: one.file });
      else if (isWhole(one)) {
        this.tell(one.file, one.position, 'unknown-target', 'warning', `rule ${quoted(id)} overrides nothing`, 'take override = true out');
        this.rules.set(id, { rule: one.rule, file: one.file });
      } else this.tell(one.file, one.position, 'unknown-target', 'error', `no rule ${quoted(id)} to override`, resolveName(id, new Set(this.rules.keys()), false).hint);
      return;
    }
    if (!one.override) this.tell(one.file, one.position, 'duplicate-id', 'error', `rule ${quoted(id)} is there already (${before.file})`, 'give it another id, or override = true');
    else if (!mayLoosen) this.refuse(one.file, one.position, `rule ${quoted(id)} is not overridden`);
    else this.rules.set(id, { rule: isWhole(one) ? one.rule : changedRule(before.rule, one), file: one.file });
  }

  private addGitleaks(one: FileRule, mayLoosen: boolean, own: ReadonlySet<string>): void {
    const { id } = one.rule;
    const others = new Set([...this.rules].filter(([, { file }]) => file !== 'built-in').map(([known]) => known));
    const ids = others.has(id) ? [id] : this.on ? resolveName(id, new Set([...this.builtinIds].filter((known) => this.rules.has(known))), true).ids : [];
    if (ids.length === 0) {
      if (isWhole(one)) this.rules.set(id, { rule: one.rule, file: one.file });
      else this.tell(one.file, one.position, this.on ? 'unmapped-id' : 'missing-key', this.on ? 'warning' : 'error', this.on ? `no built-in rule for what gitleaks calls ${quoted(id)}: nothing is changed` : 'a rule needs regex or path');
      return;
    }
    if (!mayLoosen) {
      // What it adds may stay under a name that no other rule has.
      if (isWhole(one) && !this.rules.has(id) && own.has(id)) this.rules.set(id, { rule: one.rule, file: one.file });
      else this.refuse(one.file, one.position, `rule ${quoted(id)} is not changed`);
      return;
    }
    if (others.has(id) || !isWhole(one)) {
      for (const known of ids) {
        const before = this.rules.get(known);
        if (before !== undefined) this.rules.set(known, { rule: changedRule(before.rule, one), file: before.file });
      }
      return;
    }
    for (const known of ids) this.rules.delete(known);
    this.rules.set(id, { rule: one.rule, file: one.file });
  }

  private targets({ one, ofGitleaks }: { readonly one: FileAllowlist; readonly ofGitleaks: boolean }): Allowlist | undefined {
    const { list, file, position } = one;
    if (list.targetRules.length === 0) return list;
    const known = new Set(this.rules.keys());
    const targetRules = list.targetRules.flatMap((id) => {
      const own = known.has(id) && !this.builtinIds.has(id);
      const { ids, unmapped, hint } = own ? { ids: [id], unmapped: false, hint: undefined } : resolveName(id, known, ofGitleaks);
      if (ids.length > 0) return ids;
      if (this.builtinIds.has(id) || (unmapped && !this.on)) return []; // switched off, so there is nothing to allow
      if (unmapped) this.tell(file, position, 'unmapped-id', 'warning', `no built-in rule for what gitleaks calls ${quoted(id)}: the allowlist does nothing for it`);
      else this.tell(file, position, 'unknown-target', ofGitleaks && this.on ? 'warning' : 'error', `no rule ${quoted(id)} (targetRules)`, hint);
      return [];
    });
    return targetRules.length === 0 ? undefined : { ...list, targetRules: [...new Set(targetRules)] };
  }

  private neighbours({ rule, file }: Held, positions: ReadonlyMap<string, Position>): readonly Neighbour[] {
    const known = new Set(this.rules.keys());
    return rule.required.flatMap((neighbour) => {
      const { ids, hint } = resolveName(neighbour.id, known, false);
      const [first] = ids;
      if (first !== undefined) return [first === neighbour.id ? neighbour : { ...neighbour, id: first }];
      this.tell(file, positions.get(rule.id) ?? { line: 1, column: 1 }, 'unknown-target', 'error', `rule ${quoted(rule.id)} requires ${quoted(neighbour.id)}, which is no rule`, hint);
      return [neighbour];
    });
  }

  finish(sources: readonly RuleSource[]): RuleSet {
    const positions = new Map(sources.flatMap((source) => [...chainOf(source), ...importsOf(source)]).flatMap(({ set }) => set.rules.map(({ rule, position }) => [rule.id, position] as const)));
    const rules = [...this.rules.values()].map((held) => {
      const required = held.rule.required.length === 0 ? held.rule.required : this.neighbours(held, positions);
      return required === held.rule.required ? held.rule : { ...held.rule, required };
    });
    const builtinLists = this.on ? (this.builtin?.allowlists ?? []) : [];
    return {
      rules,
      allowlists: [...builtinLists, ...this.allowlists.flatMap((entry) => this.targets(entry) ?? [])],
      ...(this.prefilter === undefined ? {} : { prefilter: this.prefilter }),
      ...(this.filter === undefined ? {} : { filter: this.filter }),
      allowTokens: [...this.tokens],
      maxWindow: this.maxWindow,
    };
  }
}

/** Puts the built-in rules and rule files together. With no file the set is the built-in one itself, so that its compiled image serves. */
export const combineRules = (given: RuleSources): Combined => {
  const { builtin: all, sources } = given;
  const on = usesBuiltin(given);
  if (on && all !== undefined && sources.length === 0) return { set: all, builtin: true, problems: [] };
  const combiner = new Combiner(all, on);
  for (const source of sources) combiner.add(source);
  const set = combiner.finish(sources);
  return { set, builtin: on, problems: combiner.problems };
};
