import { expect, test } from 'vitest';
import { ALL_FOLDS } from '../../src/terms/fold.ts';
import { hashTerm, parseHashed, termKeys } from '../../src/terms/hashed.ts';
import { openTerms } from '../../src/terms/term-set.ts';
import { TAG_WORDS, writeTag } from '../../src/terms/tag.ts';
import { newKeyText, parseKey } from '../../src/values/key.ts';
import { normalForm } from '../../src/terms/fold.ts';

const keysOf = (seed: number) => {
  const key = parseKey(newKeyText((count) => Uint8Array.from({ length: count }, (_, i) => (i * seed) % 248)));
  if (key === undefined) throw new Error('no key');
  return termKeys(key);
};
const ONE = keysOf(7);
const OTHER = keysOf(11);

const bytesOf = (text: string): Buffer => parseHashed(text)?.bytes ?? Buffer.alloc(0);

test('all spellings of a term are one text, and another one under another key', () => {
  const texts = ['project falcon', 'ProjectFalcon', 'PROJECT_FALCON', 'Ｐｒｏｊｅｃｔ Falcon'].map((term) =>
    hashTerm(term, ALL_FOLDS, ONE),
  );
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toMatch(new RegExp(`^kt1:csw:${ONE.id}:[\\w-]{43}$`));
  expect(hashTerm('project falcon', ALL_FOLDS, OTHER)).toContain(OTHER.id);
  expect(bytesOf(hashTerm('project falcon', ALL_FOLDS, OTHER)).equals(bytesOf(texts[0] ?? ''))).toBe(false);
});

test('terms that begin alike, or are alike but for folds, have nothing in common', () => {
  const texts = [hashTerm('project falcon', 'csw', ONE), hashTerm('project falcons', 'csw', ONE), hashTerm('project falcon', 'cw', ONE)];
  const words = texts.flatMap((text) => bytesOf(text).toString('hex').match(/.{8}/g) ?? []);
  expect(words).toHaveLength(24);
  expect(new Set(words).size).toBe(24);
});

test('what the search looks for is there with the key, and hidden without', () => {
  const text = hashTerm('project falcon', ALL_FOLDS, ONE);
  const tag = new Uint32Array(TAG_WORDS);
  writeTag(normalForm('project falcon', ALL_FOLDS), tag, 0);
  expect(openTerms([{ rule: 3, code: ALL_FOLDS, plain: [], hashed: [text] }], ONE)).toMatchObject({
    set: { count: 1, tags: tag, rules: [3], forms: [undefined] },
    unopened: [],
  });
  expect(openTerms([{ rule: 3, code: ALL_FOLDS, plain: [], hashed: [text] }], OTHER)).toEqual({
    set: undefined,
    unopened: [{ rule: 3, count: 1, keyId: ONE.id }],
  });
  const raw = Buffer.from(new Uint8Array(tag.buffer));
  for (let at = 0; at < raw.length; at += 4) expect(bytesOf(text).includes(raw.subarray(at, at + 4))).toBe(false);
});

test.for(['', 'kt1:csw:abcdefgh:', 'kt2:csw:abcdefgh:AAAA', `kt1:csw:abcdefg1:${'A'.repeat(43)}`, `kt1:csw:abcdefgh:${'A'.repeat(42)}`])(
  '%j is no hashed term',
  (text) => {
    expect(parseHashed(text)).toBeUndefined();
  },
);

test('ten thousand open', () => {
  const hashed = Array.from({ length: 10_000 }, (_, i) => hashTerm(`project ${i} falcon`, ALL_FOLDS, ONE));
  expect(openTerms([{ rule: 0, code: ALL_FOLDS, plain: [], hashed }], ONE).set?.count).toBe(10_000);
});
