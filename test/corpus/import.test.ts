import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { stringify } from 'smol-toml';
import { stringify as stringifyYaml } from 'yaml';
import { describe, expect, test } from 'vitest';
import { aliasesOf } from '../../src/rules/aliases.ts';
import { readBuiltin } from '../../src/rules/builtin-source.ts';
import { combineRules } from '../../src/rules/combine.ts';
import { compileRules } from '../../src/engine/compile.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import { convertGitleaks } from '../../src/rules/gitleaks-text.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';
import { convertKingfisher } from '../../src/imports/kingfisher.ts';
import { lintRules } from '../../src/leak/lint.ts';
import { createTrial } from '../../src/leak/trial.ts';
import { loadSources } from '../../src/rules/rule-sources.ts';
import { isTable, type TomlTable } from '../../src/toml.ts';

// KEI_CORPUS: a folder with leak/*-rules.json.gz (rules of other scanners) and leak/oracle-*.jsonl.gz (what they find with them).
const corpus = process.env['KEI_CORPUS'];
const unpack = (name: string): string => gunzipSync(readFileSync(join(corpus ?? '', 'leak', name))).toString();

const asTable = (value: unknown): TomlTable => {
  if (!isTable(value)) throw new TypeError('not a table');
  return value;
};
const tables = (value: unknown): readonly TomlTable[] => (Array.isArray(value) ? value.map(asTable) : []);

const asToml = (name: string): string => stringify(asTable(JSON.parse(unpack(`${name}-rules.json.gz`))));

const ruleSet = (name: string): { readonly set: RuleSet; readonly errors: readonly string[]; readonly notes: readonly string[] } => {
  const toml = asToml(name);
  const file = parseRuleFile(toml, `${name}.toml`, { origin: `${name}.toml` });
  const { set, problems } = combineRules({ sources: [{ file, imports: [], mayLoosen: true }] });
  const told = (wanted: (severity: string) => boolean): string[] =>
    problems.filter(({ severity }) => wanted(severity)).map(({ line, code, message }) => `${name}.toml:${line}: ${message} [${code}]`);
  return { set, errors: told((severity) => severity === 'error'), notes: told((severity) => severity !== 'error') };
};

const ourFiles = (): readonly { readonly path: string; readonly bytes: Uint8Array }[] => {
  const folder = new URL('../../leak-matrix/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.toml'));
  return files.map((path) => ({ path, bytes: readFileSync(new URL(path, folder)) }));
};

const PATHS = ['src/app.ts', 'node_modules/a/b.js', 'go.sum', 'x/id_rsa.p12'];

/** Every text of the corpus, each with the path that it was collected with, and in a file of another kind. */
const sampleTexts = (): readonly { readonly text: string; readonly path: string }[] => {
  const samples = ['gitleaks', 'betterleaks', 'kingfisher', 'secretlint'].map((name) => `samples-${name}.jsonl.gz`);
  const lines = [...samples, 'oracle-gitleaks-all-rules.jsonl.gz', 'oracle-betterleaks-all-rules.jsonl.gz'].flatMap((name) =>
    unpack(name).trimEnd().split('\n'),
  );
  const rows = lines.map((line) => asTable(JSON.parse(line)));
  return rows.flatMap(({ text, path }, index) =>
    [typeof path === 'string' ? path : '', PATHS[index % PATHS.length] ?? ''].map((one) => ({ text: String(text), path: one })),
  );
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
    const ours = new Set(readBuiltin(ourFiles()).set.rules.map(({ id }) => id));
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

  test.for(['gitleaks', 'betterleaks'] as const)('%s: the file made of it finds the same, by rule, bytes and line', (name) => {
    const made = convertGitleaks(asToml(name), `${name}.toml`);
    expect(made.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const file = parseRuleFile(made.toml, 'made.toml', { origin: 'made.toml' });
    expect(file.problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
    const { set } = combineRules({ sources: [{ file, imports: [], mayLoosen: true }] });
    const [direct, ours] = [createTrial(ruleSet(name).set, 0), createTrial(set, 0)];
    const spots = (trial: typeof direct, text: string, path: string): readonly string[] =>
      trial.find(text, path).map(({ rule, start, end, line, column }) => `${rule} ${start}-${end} ${line}:${column}`);
    let findings = 0;
    const differing: string[] = [];
    const texts = sampleTexts();
    for (const { text, path } of texts) {
      const wanted = spots(direct, text, path);
      findings += wanted.length;
      if (wanted.join() !== spots(ours, text, path).join()) differing.push(text);
    }
    console.log(`${name}: ${findings} findings in ${texts.length} texts, ${differing.length} texts differ`);
    expect(differing).toEqual([]);
    expect(findings).toBeGreaterThan(5000);
  });

  test(
    'kingfisher: the file made of its YAML finds what its import finds, and each sample whose entropy suffices',
    { timeout: 300_000 },
    async () => {
      const own = tables(JSON.parse(unpack('kingfisher-rules.json.gz'))).map(({ _file, ...rule }) => (_file === undefined ? {} : rule));
      const yaml = Buffer.from(stringifyYaml({ rules: own }));
      const builtin = createTrial(readBuiltin(ourFiles()).set, 3);
      const made = convertKingfisher(yaml, 'k.yml', { isClean: (text) => builtin.find(text).length === 0 });
      expect(made.problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
      expect(made.rules).toBe(749);
      const file = parseRuleFile(made.toml, 'made.toml', { origin: 'made.toml' });
      expect(file.problems).toEqual([]);
      const { set } = combineRules({ sources: [{ file, imports: [], mayLoosen: true }] });
      expect(lintRules(file.set.rules, set, { costs: false, needsTests: false }).filter(({ severity }) => severity === 'error')).toEqual(
        [],
      );
      expect(builtin.find(made.toml, 'leak-matrix/kingfisher.toml')).toEqual([]);
      const imported = await loadSources(
        [
          {
            path: 'a.toml',
            bytes: Buffer.from('schema = "leak-matrix/1"\n[extend]\nimports = [{ format = "kingfisher", path = "k.yml" }]\n'),
            mayLoosen: true,
          },
        ],
        () => Promise.resolve(yaml),
        new Date(),
      );
      const [ours, direct] = [createTrial(set, 0), createTrial(combineRules({ sources: imported }).set, 0)];
      const spots = (trial: typeof ours, text: string): string =>
        trial
          .find(text)
          .map(({ rule, start, end, line }) => `${rule} ${start}-${end} ${line}`)
          .join();
      const texts = sampleTexts().filter((_, index) => index % 4 === 0);
      expect(texts.filter(({ text }) => spots(ours, text) !== spots(direct, text))).toEqual([]);
      const rows = unpack('samples-kingfisher.jsonl.gz')
        .trimEnd()
        .split('\n')
        .map((line) => asTable(JSON.parse(line)));
      const wanted = rows.filter(
        (row) => row['kind'] === 'tp' && row['pattern_match'] === true && Number(row['entropy']) > Number(row['min_entropy'] ?? -1),
      );
      const missed = wanted.filter((row) => !ours.each(String(row['text'])).some(({ rule }) => rule.id === row['rule']));
      const tests = file.set.rules.reduce((sum, { rule }) => sum + rule.tests.length, 0);
      console.log(
        `kingfisher: ${tests} tests of examples; ${wanted.length - missed.length} of ${wanted.length} samples found; ${texts.length} texts the same`,
      );
      expect(missed.map((row) => row['rule'])).toEqual([]);
    },
  );
});
