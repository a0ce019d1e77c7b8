import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATEGORIES } from '../../src/config/categories.ts';
import type { Finding } from '../../src/report/finding.ts';
import type { Edit } from '../../src/leak/substitute.ts';
import { applyEdits } from '../../src/substitute/edits.ts';
import { openWorld, samples, type World } from './substituting.ts';
import { drawn, githubToken } from './tokens.ts';

const LONG = process.env['KEI_LONG'] === '1';

interface Judged {
  /** Rules of the edits that reach beyond what was found at first. */
  readonly grown: readonly string[];
  readonly output: Buffer;
  readonly left: readonly Finding[];
}

/** Substitutes and holds what must hold of every content. */
const judge = ({ substitutor, scan }: World, bytes: Uint8Array, path: string): Judged => {
  const kept = Buffer.from(bytes);
  const before = scan(bytes, path);
  const { bytes: output, edits, left } = substitutor.content(bytes, path);
  expect(kept.equals(bytes), 'the input is not written into').toBe(true);
  const reaches = (found: readonly Finding[], from: number, to: number): boolean =>
    found.some(({ start = 0, end = 0 }) => start < to && from < end);
  /** Found at first, or once what else was found is gone: of two secrets without anything between them a rule sees the first. */
  const isAsked = (edit: Edit): boolean => {
    if (reaches(before, edit.start, edit.end)) return true;
    const others = edits.filter((other) => other !== edit);
    const shift = others.reduce((sum, { start, end, bytes: put }) => (end <= edit.start ? sum + put.length - (end - start) : sum), 0);
    return reaches(scan(applyEdits(kept, others), path), edit.start + shift, edit.end + shift);
  };
  let from = 0;
  let at = 0;
  for (const edit of edits) {
    expect(edit.start).toBeGreaterThanOrEqual(from);
    expect(edit.end).toBeGreaterThan(edit.start);
    const gap = edit.start - from;
    expect(Buffer.compare(kept.subarray(from, edit.start), output.subarray(at, at + gap)), 'a byte outside the edits').toBe(0);
    expect(Buffer.compare(edit.bytes, output.subarray(at + gap, at + gap + edit.bytes.length))).toBe(0);
    at += gap + edit.bytes.length;
    from = edit.end;
    expect(isAsked(edit), 'an edit without a finding').toBe(true);
  }
  expect(Buffer.compare(kept.subarray(from), output.subarray(at)), 'the rest').toBe(0);
  if (edits.length === 0) expect(output).toBe(bytes);
  const after = scan(output, path);
  // Two rules that find the same bytes stand in no order.
  const places = (found: readonly Finding[]): string[] => found.map(({ rule, start, end }) => `${start} ${end} ${rule}`).sort();
  expect(places(after)).toEqual(places(left));
  const again = substitutor.content(output, path);
  expect(again.bytes, 'idempotent').toBe(output);
  expect(Buffer.compare(substitutor.content(kept, path).bytes, output), 'stable').toBe(0);
  const isWithin = ({ start, end }: { readonly start: number; readonly end: number }): boolean =>
    before.some((finding) => (finding.start ?? 0) <= start && end <= (finding.end ?? 0));
  return { output: Buffer.from(output), left, grown: edits.filter((edit) => !isWithin(edit)).map(({ rule }) => rule) };
};

test('the samples of the built-in rules', async () => {
  const world = await openWorld(undefined, { categories: CATEGORIES });
  const grown: string[] = [];
  const stands: string[] = [];
  let replaced = 0;
  for (const [i, { text, path }] of samples().entries()) {
    if (!LONG && i % 8 > 0) continue;
    const judged = judge(world, Buffer.from(text), path);
    grown.push(...judged.grown);
    stands.push(...judged.left.filter(({ start }) => start !== undefined).map(({ rule }) => rule));
    if (!judged.output.equals(Buffer.from(text))) replaced++;
  }
  expect(stands).toEqual([]); // but for rules about paths alone
  expect(grown.length).toBeLessThan(replaced / 100);
  expect(replaced).toBeGreaterThan(LONG ? 2000 : 220);
}, 600_000);

type Encode = (text: string) => Buffer;
const swapped: Encode = (text) => Buffer.from(text, 'utf16le').swap16();
const WHOLE: Readonly<Record<string, Encode>> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': swapped,
  'utf-16le with a mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be with a mark': (text) => swapped(`\ufeff${text}`),
};
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const hexEscapes = (text: string): string => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const INNER: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `"${text}"`,
  (text) => Buffer.from(`{"token": "${text}"}`).toString('base64'),
  (text) => Buffer.from(Buffer.from(`token: ${text}`).toString('base64')).toString('base64url'),
  (text) => Buffer.from(`key = ${text} `).toString('hex'),
  (text) => `https://host.invalid/?q=${percent(text)}`,
  (text) => `'${hexEscapes(text)}'`,
];

const pem = (seed: string): string =>
  [
    '-----BEGIN',
    ' PRIVATE KEY-----\n',
    ...(drawn(seed, 640).match(/.{64}/g) ?? []).map((row) => `${row}\n`),
    '-----END',
    ' PRIVATE KEY-----',
  ].join('');

const secrets = (): fc.Arbitrary<string> => {
  const texts = samples()
    .filter(({ path, text }) => path === 'a.txt' && text.length < 2000)
    .map(({ text }) => text);
  return fc.oneof(
    { weight: 3, arbitrary: fc.nat(20).map((n) => githubToken(`property ${n}`)) },
    { weight: 1, arbitrary: fc.nat(5).map((n) => pem(`property ${n}`)) },
    { weight: 1, arbitrary: fc.nat(20).map((n) => `password = "${drawn(`property ${n}`, 20)}"`) },
    { weight: 1, arbitrary: fc.nat(20).map((n) => `postgres://admin:${drawn(`property ${n}`, 20)}@db.acme.dev/x`) },
    { weight: 4, arbitrary: fc.constantFrom(...texts) },
  );
};
const planted = (): fc.Arbitrary<string> => fc.tuple(secrets(), fc.constantFrom(...INNER)).map(([secret, inner]) => inner(secret));
const filler = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(' ', '\n', '\r\n', '\t', '<', '>', ':', '"', '=', 'password = ', 'token: ', '<github-pat-classic', '<github-pat-classic:abcdefghij>', '********', '<x>', '/', '%', '\\', '日本語', '\u{1f600}', 'é'),
    fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
  ); // prettier-ignore
const documents = (): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof({ weight: 2, arbitrary: filler() }, { weight: 1, arbitrary: planted() }), { maxLength: 12 })
    .map((parts) => parts.join(''));

const OURS = `schema = "leak-matrix/1"
[[rules]]
id = "assigned"
description = "anything assigned"
regex = '''(?i)\\bpassword\\s*=\\s*(\\S+)'''
noise = false
confidence = 0.9
[rules.replace]
mode = "mask"
[[rules]]
id = "angles"
description = "anything in angle brackets"
regex = '''<[^<>\\n]{2,200}>'''
noise = false
confidence = 0.9
[[rules]]
id = "host"
description = "an inner host"
regex = '''\\b[a-z]+\\.acme\\.dev\\b'''
category = "internal-infra"
action = "substitute"
[rules.replace]
mode = "value"
value = "host.example.com"
[[rules]]
id = "example"
description = "what the rule before writes"
regex = '''host\\.example\\.com'''
noise = false
confidence = 0.9
[[rules]]
id = "stars"
description = "many stars"
regex = '''[^\\n]*\\*{8}[^\\n]*'''
noise = false
confidence = 0.9
`;

describe('generated texts', () => {
  test.for([
    ['built-in rules', undefined],
    ['rules that find what is written', OURS],
  ] as const)('%s: nothing else changes, nothing is found then, and nothing changes again', { timeout: 900_000 }, async ([, rules]) => {
    const world = await openWorld(rules);
    let replaced = 0;
    fc.assert(
      fc.property(documents(), fc.constantFrom(...Object.values(WHOLE)), (text, encode) => {
        const bytes = encode(text);
        const { left, output } = judge(world, bytes, 'a.txt');
        // Without a mark only text that is surely of two bytes a character is changed.
        if (!bytes.includes(0)) expect(left.map(({ rule }) => rule)).toEqual([]);
        if (!output.equals(bytes)) replaced++;
      }),
      { numRuns: LONG ? 3000 : 120 },
    );
    expect(replaced).toBeGreaterThan(LONG ? 900 : 30);
  });

  test('any bytes around secrets', async () => {
    const world = await openWorld();
    const bytes = (): fc.Arbitrary<Buffer> =>
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some)), planted().map((text) => Buffer.from(` ${text} `))), { maxLength: 8 }).map((parts) => Buffer.concat(parts)); // prettier-ignore
    fc.assert(
      fc.property(bytes(), (content) => {
        const { output, left } = judge(world, content, 'a.txt');
        if (content.includes(0)) expect(output.equals(content) || left.length === 0).toBe(true);
        else expect(left).toEqual([]);
      }),
      { numRuns: LONG ? 3000 : 120 },
    );
  }, 900_000);
});
