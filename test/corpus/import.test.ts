import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { aliasesOf } from '../../src/rules/aliases.ts';
import { readBuiltin } from '../../src/rules/builtin-source.ts';
import { combineRules } from '../../src/rules/combine.ts';
import { compileRules } from '../../src/engine/compile.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';
import { createTrial } from '../../src/leak/trial.ts';
import { isTable, type TomlTable } from '../../src/toml.ts';

// KEI_CORPUS: a folder with leak/*-rules.json.gz (rules of other scanners) and leak/oracle-*.jsonl.gz (what they find with them).
const corpus = process.env['KEI_CORPUS'];
const unpack = (name: string): string => gunzipSync(readFileSync(join(corpus ?? '', 'leak', name))).toString();

const asTable = (value: unknown): TomlTable => {
  if (!isTable(value)) throw new TypeError('not a table');
  return value;
};
const tables = (value: unknown): readonly TomlTable[] => (Array.isArray(value) ? value.map(asTable) : []);

const ruleSet = (name: string): { readonly set: RuleSet; readonly errors: readonly string[]; readonly notes: readonly string[] } => {
  const toml = stringify(asTable(JSON.parse(unpack(`${name}-rules.json.gz`))));
  const file = parseRuleFile(toml, `${name}.toml`, { origin: `${name}.toml` });
  const { set, problems } = combineRules({ sources: [{ file, imports: [], mayLoosen: true }] });
  const told = (wanted: (severity: string) => boolean): string[] =>
    problems.filter(({ severity }) => wanted(severity)).map(({ line, code, message }) => `${name}.toml:${line}: ${message} [${code}]`);
  return { set, errors: told((severity) => severity === 'error'), notes: told((severity) => severity !== 'error') };
};

interface Row {
  readonly text: string;
  /** rule, secret and line of each finding; the oracle counts lines from 0 in some texts, from 1 in others. */
  readonly wanted: readonly [string, string];
  readonly found: string;
}

const show = (rule: unknown, secret: unknown, line: number): string => `${String(rule)}|${String(secret)}|${line}`;

const compare = (name: string, set: RuleSet): readonly Row[] => {
  const trial = createTrial(set, 0);
  return unpack(`oracle-${name}-all-rules.jsonl.gz`)
    .trimEnd()
    .split('\n')
    .map((line): Row => {
      const { text, findings } = asTable(JSON.parse(line));
      const bytes = Buffer.from(String(text));
      const wanted = (first: number): string =>
        tables(findings)
          .map((one) => show(one['Rule'], one['Secret'], Number(one['StartLine']) + first))
          .sort()
          .join('\n');
      const found = trial
        .find(bytes)
        .map((one) => show(one.rule.replace(/^leak\//, ''), bytes.subarray(one.start, one.end).toString(), one.line ?? 0));
      return { text: String(text), wanted: [wanted(0), wanted(1)], found: found.sort().join('\n') };
    });
};

const differing = (rows: readonly Row[]): readonly Row[] => rows.filter(({ wanted, found }) => !wanted.includes(found));

/** Why a text's findings differ from betterleaks' own. */
const causeOf = ({ text, wanted, found }: Row, withoutNeighbours: ReturnType<typeof createTrial>): string => {
  const [, expected] = wanted;
  const missing = expected.split('\n').filter((one) => one !== '' && !found.split('\n').includes(one));
  const more = found.split('\n').filter((one) => one !== '' && !expected.split('\n').includes(one));
  if (missing.length > 0 || more.some((one) => !one.startsWith('generic-api-key|'))) return 'unknown';
  const secrets = more.map((one) => one.slice(one.indexOf('|') + 1, one.lastIndexOf('|')));
  if (secrets.every((secret) => expected.includes(`|${secret}|`))) return 'the generic match begins a line before the special one';
  const bytes = Buffer.from(text);
  const special = withoutNeighbours.find(bytes).filter(({ rule }) => rule !== 'leak/generic-api-key');
  const hidden = special.map(({ start, end }) => bytes.subarray(start, end).toString());
  if (secrets.every((secret) => hidden.some((other) => other.includes(secret) || secret.includes(other))))
    return 'there a rule hides the generic one although its own required neighbour is not there';
  return 'failsTokenEfficiency';
};

describe.skipIf(corpus === undefined)('rules of other scanners', () => {
  test.for([
    ['gitleaks', 222],
    ['betterleaks', 412],
  ] as const)('every expression and filter of %s compiles', ([name, count]) => {
    // prettier-ignore
    const { set, errors } = ruleSet(name);
    expect(errors).toEqual([]);
    expect(set.rules).toHaveLength(count);
    expect(compileRules(set.rules).strategies).toHaveLength(count);
  });

  test('every expression of kingfisher compiles', () => {
    const rules = tables(JSON.parse(unpack('kingfisher-rules.json.gz'))).map((rule, index) => ({
      id: `${String(rule['id'])}-${index}`, // a few ids stand twice
      regex: String(rule['pattern']).trim(),
    }));
    expect(rules).toHaveLength(749);
    const file = parseRuleFile(stringify({ rules }), 'kingfisher.toml', { origin: 'kingfisher.toml' });
    expect(file.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(compileRules(file.set.rules.map(({ rule }) => rule)).strategies).toHaveLength(749);
  });

  test('every id of gitleaks is one of ours, has ones of ours, or is known to have none', () => {
    const folder = new URL('../../leak-matrix/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.toml'));
    const ours = new Set(
      readBuiltin(files.map((path) => ({ path, bytes: readFileSync(new URL(path, folder)) }))).set.rules.map(({ id }) => id),
    );
    const lost = ruleSet('gitleaks').set.rules.filter(({ id }) => !ours.has(id) && aliasesOf(id) === undefined);
    expect(lost.map(({ id }) => id)).toEqual([]);
  });

  test('gitleaks: rule, secret and line are its own on every text', () => {
    const rows = compare('gitleaks', ruleSet('gitleaks').set);
    expect(rows).toHaveLength(11_024);
    expect(differing(rows).slice(0, 5)).toEqual([]);
  });

  test('betterleaks: the same on 97 of 100 texts and more, and the causes of the others are known', () => {
    const { set, notes } = ruleSet('betterleaks');
    expect(notes.filter((note) => note.includes('[expression-note]'))).toHaveLength(1); // failsTokenEfficiency, in one rule
    const rows = compare('betterleaks', set);
    expect(rows).toHaveLength(11_024);
    const rest = differing(rows);
    const alone = createTrial({ ...set, rules: set.rules.map((rule) => ({ ...rule, required: [] })) }, 0);
    const causes = new Map<string, number>();
    for (const row of rest) {
      const cause = causeOf(row, alone);
      causes.set(cause, (causes.get(cause) ?? 0) + 1);
    }
    const share = (rows.length - rest.length) / rows.length;
    console.log(
      `betterleaks: ${rows.length - rest.length} of ${rows.length} texts (${(share * 100).toFixed(2)} %); the others:`,
      Object.fromEntries(causes),
    );
    expect(share).toBeGreaterThanOrEqual(0.97);
    expect(causes.get('unknown') ?? 0).toBe(0);
  });
});
