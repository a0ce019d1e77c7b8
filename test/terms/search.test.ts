import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRules } from '../../src/engine/compile.ts';
import { createFilter } from '../../src/engine/filter.ts';
import { inMemory, packImage } from '../../src/engine/image.ts';
import { besideBytes, createTermSearch } from '../../src/engine/term-search.ts';
import { caseFolded, classOf, isBoundary, isWord, narrowed, OTHER, SYLLABLE } from '../../src/terms/characters.ts';
import { ALL_FOLDS, normalForm } from '../../src/terms/fold.ts';
import { openTerms } from '../../src/terms/term-set.ts';

const IMAGE = inMemory(packImage(compileRules([])));
const LONG = process.env['KEI_LONG'] !== undefined;

/** What is found, as text; each rule has one term. */
const searchFor = (terms: readonly string[]): ((text: string | Uint8Array) => readonly { rule: number; start: number; text: string }[]) => {
  const { set } = openTerms(
    terms.map((term, rule) => ({ rule, code: ALL_FOLDS, plain: [term], hashed: [] })),
    undefined,
  );
  if (set === undefined) throw new Error('no terms');
  const filter = createFilter(IMAGE, besideBytes(set));
  const search = createTermSearch(filter, set);
  return (text) => {
    const bytes = Buffer.from(text);
    filter.reserve(bytes.length);
    const region = filter.main();
    region.bytes.fill(0x61); // what was there before must not count
    region.bytes.set(bytes);
    filter.candidates(region, bytes.length);
    return search.find(region, bytes.length).map(({ rule, start, text: found }) => ({ rule, start, text: found }));
  };
};

const CLASSES = 'olcsbmpn#-';
const GAP = /(?:[bm-]|p(?![bn])){1,3}(?=[lcs])|(?:[bm-]|p(?![bn])){0,3}n[b#-]{0,24}(?=[lcs])/y;

/** Every span whose folded letters and digits are a form: told character by character, with no table and no hash. */
const spansOf = (text: string, forms: ReadonlySet<string>): string[] => {
  const points = Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const kinds = points.map(classOf);
  const letters = kinds.map((kind) => CLASSES[kind]).join('');
  const starts = points.map((_, i) => isWord(kinds[i] ?? OTHER) && isBoundary(kinds[i - 1] ?? OTHER, kinds[i] ?? OTHER, points[i + 1]));
  const ends = points.map((_, i) => !isWord(kinds[i] ?? OTHER) || starts[i] === true);
  const out: string[] = [];
  for (const [from, begins] of starts.entries()) {
    if (!begins) continue;
    let form = '';
    let pieces = 1;
    for (let at = from, count = 1; count <= 64; count++) {
      form += String.fromCodePoint(caseFolded(narrowed(points[at] ?? 0)));
      at++;
      if ((ends[at] ?? true) && forms.has(form))
        out.push(
          `${from} ${points
            .slice(from, at)
            .map((point) => String.fromCodePoint(point))
            .join('')}`,
        );
      if (!isWord(kinds[at] ?? OTHER)) {
        GAP.lastIndex = at;
        const gap = GAP.exec(letters);
        if (gap === null || ++pieces > 8) break;
        at += gap[0].length;
      } else if (starts[at] === true && kinds[at] !== SYLLABLE && kinds[at - 1] !== SYLLABLE && ++pieces > 8) break;
    }
  }
  return out;
};

const WORDS = [
  'ab',
  'abc',
  'abcd',
  'a',
  'x7',
  'project',
  'falcon',
  'ProjectX',
  'functions',
  'blueprint',
  'наш',
  'проект',
  'Ελλάς',
  'zürich',
  '鯨',
  '計画',
  'ก',
  'ﬀ',
  'ſt',
  'İx',
  '𝕏y',
  'カタカナ',
  'é',
  '９',
];
const SEPARATORS = [
  ' - ',
  '_-_',
  ' ',
  '_',
  '-',
  '.',
  '. ',
  ': ',
  '::',
  '/',
  '\\',
  '\n',
  '\n// ',
  ' \r\n * ',
  '\n# ',
  '  ',
  '    ',
  '\u00a0',
  '\u2011',
  '\u200b',
  '\uff3f',
  '(',
  ', ',
  '=',
  "'",
  '',
  '',
  '',
  '"\n',
  '\u3000',
  '—',
  '•',
  '\ud83d\ude00',
];
const wide = (text: string): string => text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
const spelled = (word: string, how: number): string => [word, word.toUpperCase(), word.slice(0, 1).toUpperCase() + word.slice(1), wide(word), word.slice(0, 3).toUpperCase() + word.slice(3)][how] ?? word; // prettier-ignore
const word = fc.tuple(fc.constantFrom(...WORDS), fc.nat(4)).map(([text, how]) => spelled(text, how));
const separator = fc.constantFrom(...SEPARATORS);
const text = fc.array(fc.oneof({ arbitrary: fc.tuple(word, separator).map((pair) => pair.join('')), weight: 6 }, { arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }), weight: 1 }), { maxLength: 40 }).map((parts) => parts.join('')); // prettier-ignore
const term = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));

test('nothing is lost that a plain reading of the text finds, and nothing else is found', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(term, { minLength: 1, maxLength: 12, selector: (one) => normalForm(one, ALL_FOLDS) }),
      text,
      fc.oneof(fc.nat(130), fc.integer({ min: 1900, max: 2120 })), // the borders of what is looked at in one go
      fc.constantFrom(' ', 'q', '\n', '–'),
      (terms, body, ahead, filler) => {
        const content = `${filler.repeat(ahead)}${body}`;
        const find = searchFor(terms);
        // Per rule the first and longest: so many as the reference has, without what overlaps.
        const wanted = terms.flatMap((one, rule) => {
          let end = 0;
          const spans = spansOf(content, new Set([normalForm(one, ALL_FOLDS)])).map((span) => {
            const at = span.indexOf(' ');
            return { at: Number(span.slice(0, at)), found: span.slice(at + 1) };
          });
          return spans.flatMap(({ at, found }) => {
            if (at < end || spans.some((other) => other.at === at && other.found.length > found.length)) return [];
            end = at + Array.from(found).length;
            const start = Buffer.byteLength(Array.from(content).slice(0, at).join(''));
            return [{ rule, start, text: found }];
          });
        });
        const order = (a: { rule: number; start: number }, b: { rule: number; start: number }): number =>
          a.rule - b.rule || a.start - b.start;
        expect([...find(content)].sort(order)).toEqual(wanted.sort(order));
      },
    ),
    { numRuns: LONG ? 20_000 : 600 },
  );
});

test('bytes that are no text harm nothing', () => {
  const find = searchFor(['project falcon', '鯨計画', 'ab']);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (before, after) => {
      const bytes = Buffer.concat([before, Buffer.from('\0project falcon\0'), after]);
      expect(find(bytes).filter(({ rule, start }) => rule === 0 && start === before.length + 1)).toEqual([
        { rule: 0, start: before.length + 1, text: 'project falcon' },
      ]);
    }),
    { numRuns: LONG ? 20_000 : 500 },
  );
});

test('more places than one call gives are all found', () => {
  const find = searchFor(['project falcon']);
  expect(find('ProjectFalcon '.repeat(40_000))).toHaveLength(40_000);
});

test.for([
  ['ProjectFalcon', 1],
  ['projectFalcon', 1],
  ['project_falcon', 1],
  ['PROJECT-FALCON', 1],
  ['project falcon', 1],
  ['project.falcon', 1],
  ['PROJECTFALCON', 1],
  ['Ｐｒｏｊｅｃｔ　Ｆａｌｃｏｎ', 1],
  ['project::falcon', 1],
  ['project\u00a0falcon', 1],
  ['getProjectFalconName()', 1],
  ['the project\n  falcon', 1],
  [' * the project\r\n * falcon', 1],
  ['# project\n# falcon', 1],
  ['projectfalconry', 0],
  ['myprojectfalcon', 0],
  ['project the falcon', 0],
  ['project. Falcon', 0],
  ['project, falcon', 0],
  ['project(falcon)', 0],
  ['project\n\nfalcon', 0],
  ['project     falcon', 0],
  ['projects falcon', 0],
  ['project falcon7', 0],
  ['7project falcon', 0],
  ['HTTPProjectFalcon', 1],
  ['éproject falcon', 0],
  ['project falconé', 0],
] as const)('%j: %i', ([content, found]) => {
  expect(searchFor(['Project Falcon'])(content)).toHaveLength(found);
});

test.for([
  ['blueprint', 'blueprintNow', 1],
  ['blueprint', 'blueprinter', 0],
  ['abc', 'abcDef', 1],
  ['abc', 'xyAbc', 1],
  ['a b c', 'a_b_c', 1],
  ['a b c', 'aBC', 1],
  ['x7 falcon', 'X7 - Falcon', 1],
  ['functions ab', 'FUNCTIONS_AB_X', 1],
  ['one two three four', 'oneTwo_three-four', 1],
  ['McDonald iPhone', 'mcdonald_iphone', 1],
  ['McDonald iPhone', 'McDonald-iPhone', 1],
  ["Knight's Fury", "the Knight's Fury", 1],
  ['Knight’s Fury', "KNIGHT'S FURY", 1],
  ['Наш Проект', 'нашПроект', 1],
  ['Наш Проект', 'нашпроектный', 0],
  ['鯨計画', '私は鯨計画を知る', 1],
  ['カタカナ', 'アカタカナ', 0],
  ['café bar', 'CAFÉ-BAR', 1],
] as const)('%j in %j: %i', ([name, content, found]) => {
  expect(searchFor([name])(content)).toHaveLength(found);
});
