import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeiError } from '../../src/errors.ts';
import type { Conversion } from '../../src/imports/conversion.ts';
import { readDetectSecrets } from '../../src/imports/detect-secrets.ts';
import { convertKeiLeakMatrix } from '../../src/imports/kei-leak-matrix.ts';
import { convertKingfisher } from '../../src/imports/kingfisher.ts';
import { convertGitleaks } from '../../src/rules/gitleaks-text.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';

const ROUNDS = process.env['KEI_LONG'] === '1' ? 20_000 : 300;
const FIXTURE = readFileSync(new URL('../fixtures/imports/kei-leak-matrix.toml', import.meta.url));
const MATRIX = FIXTURE.subarray(0, FIXTURE.lastIndexOf('\n[[rule]]', 1500));
const GITLEAKS = Buffer.from(`title = "a"
# why
[extend]
useDefault = true
disabledRules = ["x"]
[[rules]]
id = "a b"
description = "it's \\"so\\""
regex = '''(?i)acme_([a-z]{4,8})\\b'''
secretGroup = 1
entropy = 3.5
keywords = ["acme"]
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['''^#''', "'''"]
paths = ["docs"]
[[rules.required]]
id = "c"
withinLines = 2
[[rules]]
id = "c"
path = '''\\.pem$'''
filter = 'len(finding["secret"]) > 3'
[[allowlists]]
targetRules = ["a b"]
stopwords = ["x"]
`);
const KINGFISHER = Buffer.from(`rules:
  - &one
    name: A
    id: a.1
    pattern: |
      (?xi)  # acme
      \\b ( acme_ [a-z0-9]{8} ) \\b
    min_entropy: 2.5
    confidence: high
    examples: [acme_k3v9x0q2, 'acme_zzzz1111']
    pattern_requirements: {min_digits: 1, ignore_if_contains: [x]}
    depends_on_rule: [{rule_id: b, variable: B, within: 2L}]
  - {name: B, id: b, pattern: 'b{3}', visible: false, references: [x]}
  - *one
`);
const BASELINE = Buffer.from(
  JSON.stringify(
    {
      version: '1',
      plugins_used: [{ name: 'JwtTokenDetector' }],
      results: { 'a.py': [{ type: 'x', hashed_secret: 'a'.repeat(40), is_secret: false }] },
    },
    undefined,
    1,
  ),
);

/** A file with some of its bytes taken out, doubled, or others in their place. */
const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const edit = fc.tuple(fc.nat(bytes.length), fc.nat(12), fc.oneof(fc.constantFrom('', '[', ']', '"', "'", "'''", '\n', '{', '}', '\\', '(?', ')', '&', '*', ': ', '- ', '\t', '\0', '\r', '#', 'é', '\ud800'), fc.string({ maxLength: 6 }))); // prettier-ignore
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let out = Buffer.from(bytes);
    for (const [at, length, text] of edits) out = Buffer.concat([out.subarray(0, at), Buffer.from(text), out.subarray(at + length)]);
    return out;
  });
};

const clean = { isClean: (): boolean => true };
const FORMATS: readonly (readonly [string, Uint8Array, (bytes: Uint8Array) => Conversion])[] = [
  ['gitleaks', GITLEAKS, (bytes) => convertGitleaks(bytes, 'x')],
  ['kingfisher', KINGFISHER, (bytes) => convertKingfisher(bytes, 'x', clean)],
  ['kei-leak-matrix', MATRIX, (bytes) => convertKeiLeakMatrix(bytes, 'x')],
];

test.for(FORMATS)('%s: a damaged file is refused in words, or becomes one that can be read', { timeout: 600_000 }, ([, whole, convert]) => {
  expect(convert(whole).rules).toBeGreaterThan(0);
  fc.assert(
    fc.property(damaged(whole), (bytes) => {
      let made: Conversion;
      try {
        made = convert(bytes);
      } catch (error) {
        if (error instanceof KeiError) return;
        throw error;
      }
      const { problems, set } = parseRuleFile(made.toml, 'made', { origin: 'made' });
      const broken = made.problems.some(({ severity }) => severity === 'error');
      if (!broken) expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(set.rules).toHaveLength(made.rules);
    }),
    { numRuns: ROUNDS },
  );
});

test('detect-secrets: a damaged baseline is refused in words, or read', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(damaged(BASELINE), (bytes) => {
      try {
        readDetectSecrets(bytes, 'x');
      } catch (error) {
        if (!(error instanceof KeiError)) throw error;
      }
    }),
    { numRuns: ROUNDS * 10 },
  );
});
