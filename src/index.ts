/**
 * kei-git as a library: pure functions, nothing is read from disk, nothing is run.
 *
 * ```js
 * const { readFileSync } = require('node:fs');
 * const { builtinRules, scanBytes } = require('kei-git');
 * const rules = builtinRules(readFileSync(require.resolve('kei-git/rules.bin')));
 * for (const { rule, start, end } of scanBytes(rules, readFileSync('app.env'), 'app.env')) console.log(rule, start, end);
 * ```
 * @packageDocumentation
 */

// Looking for leaks.
export { builtinRules, loadRules, scanBytes } from './leak/api.ts';
export type { LoadOptions, Rules, RuleText, ScanOptions } from './leak/api.ts';
export type { Category } from './config/categories.ts';
export type { Scope } from './rules/rule.ts';

// What every guard says, and reports of it.
export { compareFindings, reaches, SEVERITIES } from './report/finding.ts';
export type { Edit, Finding, Fix, Report, Severity, Skipped, Stats, TargetSummary } from './report/finding.ts';
export { mergeReports } from './report/merge.ts';
export { parseReport } from './report/parse.ts';

// Report to text. `render` loads the one that is asked for.
export { FORMATS, isFormat, render } from './report/format.ts';
export type { Format, RenderOptions } from './report/format.ts';

// What can be thrown: a KeiError is for people, with a hint; anything else is a bug.
export { ConfigError, KeiError, UsageError } from './errors.ts';
