import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtinRules, scanBytes } from '../../src/index.ts';
import { readAsset } from '../../src/sys/assets.ts';

// KEI_CORPUS/leak/samples-*.jsonl.gz: texts that hold a secret (tp) or only look so (fp), as the scanners named label them.
const corpus = process.env['KEI_CORPUS'] ?? '';

interface Sample {
  readonly kind: 'tp' | 'fp';
  readonly text: string;
  readonly path?: string;
  readonly file?: string;
}

const samples = (name: string): readonly Sample[] =>
  gunzipSync(readFileSync(join(corpus, 'leak', `samples-${name}.jsonl.gz`)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample);

// Recall in per cent that has to be exceeded, and false positives that must not be: what the better of the other scanners reaches.
const GOALS = [
  { name: 'gitleaks', recall: 96.9, falsePositives: 10 },
  { name: 'betterleaks', recall: 97, falsePositives: 41 },
  { name: 'kingfisher', recall: 42.3, falsePositives: 0 },
  { name: 'secretlint', recall: 42.4, falsePositives: 2 },
] as const;

test.for(GOALS)('built-in rules on the samples of $name', ({ name, recall, falsePositives }) => {
  const pack = readAsset('rules.bin');
  if (pack === undefined) throw new Error('dist/rules.bin is missing: npm run build');
  const rules = builtinRules(pack);
  const count = { tp: 0, TP: 0, fp: 0, FP: 0 };
  for (const { kind, text, path, file } of samples(name)) {
    const found = scanBytes(rules, Buffer.from(text), path ?? file ?? '').length > 0;
    if (kind === 'tp') {
      count.TP++;
      if (found) count.tp++;
    } else {
      count.FP++;
      if (found) count.fp++;
    }
  }
  const reached = (100 * count.tp) / count.TP;
  process.stdout.write(
    `samples-${name}: recall ${count.tp}/${count.TP} = ${reached.toFixed(1)} %, false positives ${count.fp}/${count.FP}\n`,
  );
  expect(reached).toBeGreaterThan(recall);
  expect(count.fp).toBeLessThanOrEqual(falsePositives);
});
