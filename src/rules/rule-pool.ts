import type { Position } from '../toml.ts';
import { confined } from './confine.ts';
import { changedRule, isWhole } from './merge-rule.ts';
import type { Problem } from './problem.ts';
import { quoted } from '../report/quoted.ts';
import { resolveName } from './rule-names.ts';
import type { Rule, RuleSet } from './rule.ts';
import type { FileAllowlist, FileRule, RuleFile } from './rule-file.ts';

/** A rule and the file it is from. */
export interface Held {
  readonly rule: Rule;
  readonly file: string;
}

/** Rules by id while files are put together. */
export class RulePool {
  readonly rules = new Map<string, Held>();
  /** Ids of all built-in rules, also of those that are off. */
  readonly builtinIds: ReadonlySet<string>;
  /** Lists of imported files, for their own rules. */
  readonly imported: FileAllowlist[] = [];
  readonly problems: Problem[] = [];
  readonly on: boolean;

  /** @param on the built-in rules are part of it */
  constructor(builtin: RuleSet | undefined, on: boolean) {
    this.on = on;
    this.builtinIds = new Set(builtin?.rules.map(({ id }) => id));
    if (on) for (const rule of builtin?.rules ?? []) this.rules.set(rule.id, { rule, file: 'built-in' });
  }

  tell(file: string, at: Position, code: string, severity: Problem['severity'], message: string, hint?: string): void {
    this.problems.push({ code, severity, file, line: at.line, column: at.column, message, ...(hint === undefined ? {} : { hint }) });
  }

  /** What a file switches off. */
  disable(file: RuleFile, mayLoosen: boolean): void {
    const ofGitleaks = file.schema === 'gitleaks';
    const own = new Set(file.set.rules.map(({ rule }) => rule.id));
    for (const { id, position } of file.extend.disabledRules) {
      const { ids, unmapped, hint } = resolveName(id, this.builtinIds, ofGitleaks);
      if (ids.length === 0 && unmapped)
        this.tell(
          file.file,
          position,
          'unmapped-id',
          'warning',
          `no built-in rule for what gitleaks calls ${quoted(id)}: there is nothing to disable`,
        );
      else if (ids.length === 0 && file.extend.path === undefined && !own.has(id) && this.builtinIds.size > 0)
        this.tell(file.file, position, 'unknown-target', ofGitleaks ? 'warning' : 'error', `no rule ${quoted(id)} to disable`, hint);
      if (mayLoosen) for (const known of ids) this.rules.delete(known);
      else if (ids.length > 0) this.refuse(file.file, position, `rule ${quoted(id)} is not disabled`);
    }
  }

  private refuse(file: string, at: Position, what: string): void {
    this.tell(
      file,
      at,
      'refused',
      'note',
      `${what}: a repository that is not trusted cannot loosen your own settings`,
      'if these rules are yours or reviewed: kei-git trust',
    );
  }

  /** Rules of another tool's file: one whose name is taken already stays out. */
  import(file: RuleFile): void {
    const parts = confined(file.set);
    const taken = new Set<string>();
    for (const one of parts.rules) {
      const before = this.rules.get(one.rule.id);
      if (before === undefined && (one.rule.regex !== undefined || one.rule.path !== undefined))
        this.rules.set(one.rule.id, { rule: one.rule, file: file.file });
      else taken.add(one.rule.id);
      if (before !== undefined)
        this.tell(
          file.file,
          one.position,
          'import-left-out',
          'note',
          `rule ${quoted(one.rule.id)} is not imported: ${before.file} has one of that id`,
        );
    }
    for (const one of parts.allowlists) {
      const targetRules = one.list.targetRules.filter((id) => !taken.has(id));
      if (targetRules.length > 0) this.imported.push({ ...one, list: { ...one.list, targetRules } });
    }
  }

  /** A rule of our schema: one that is there already is a mistake, unless it overrides. */
  addOurs(one: FileRule, mayLoosen: boolean): void {
    const { id } = one.rule;
    const before = this.rules.get(id);
    if (before === undefined) {
      if (!one.override) this.rules.set(id, { rule: one.rule, file: one.file });
      else if (isWhole(one)) {
        this.tell(one.file, one.position, 'unknown-target', 'warning', `rule ${quoted(id)} overrides nothing`, 'take override = true out');
        this.rules.set(id, { rule: one.rule, file: one.file });
      } else
        this.tell(
          one.file,
          one.position,
          'unknown-target',
          'error',
          `no rule ${quoted(id)} to override`,
          resolveName(id, new Set(this.rules.keys()), false).hint,
        );
      return;
    }
    if (!one.override)
      this.tell(
        one.file,
        one.position,
        'duplicate-id',
        'error',
        `rule ${quoted(id)} is there already (${before.file})`,
        'give it another id, or override = true',
      );
    else if (!mayLoosen) this.refuse(one.file, one.position, `rule ${quoted(id)} is not overridden`);
    else this.rules.set(id, { rule: isWhole(one) ? one.rule : changedRule(before.rule, one), file: one.file });
  }

  /** A rule of gitleaks' schema: it changes what is there by its id, or by gitleaks' name. @param own ids of its own file */
  addGitleaks(one: FileRule, mayLoosen: boolean, own: ReadonlySet<string>): void {
    const { id } = one.rule;
    const others = new Set([...this.rules].filter(([, { file }]) => file !== 'built-in').map(([known]) => known));
    const ids = others.has(id)
      ? [id]
      : this.on
        ? resolveName(id, new Set([...this.builtinIds].filter((known) => this.rules.has(known))), true).ids
        : [];
    if (ids.length === 0) {
      if (isWhole(one)) this.rules.set(id, { rule: one.rule, file: one.file });
      else
        this.tell(
          one.file,
          one.position,
          this.on ? 'unmapped-id' : 'missing-key',
          this.on ? 'warning' : 'error',
          this.on ? `no built-in rule for what gitleaks calls ${quoted(id)}: nothing is changed` : 'a rule needs regex or path',
        );
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
}
