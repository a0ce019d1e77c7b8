// @ts-check
// The floor: every rule's expression run over every file that has one of its keywords, as anybody would write it on a first evening.
// Usage: node bench/naive.mjs RULES.json DIR   Prints how many rules it could use and how many matches there were.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from './files.mjs';

/** @typedef {{ readonly id: string, readonly regex?: string, readonly category?: string, readonly keywords?: readonly string[] }} Rule */

/** RE2's dialect as far as a few replacements go: a group's `(?i:` makes the whole expression ignore case. @param {string} regex */
const converted = (regex) => {
  const flags = /\(\?i[:)]/.test(regex) ? 'gi' : 'g';
  const source = regex
    .replaceAll(/\(\?[is]+\)/g, '')
    .replaceAll(/\(\?[is]+:/g, '(?:')
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('[[:alnum:]]', '[0-9A-Za-z]')
    .replaceAll(/\\x\{([0-9A-Fa-f]{1,4})\}/g, (_, hex) => `\\u${hex.padStart(4, '0')}`);
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
};

const [rulesFile, root] = process.argv.slice(2);
if (rulesFile === undefined || root === undefined) throw new Error('usage: node bench/naive.mjs RULES.json DIR');
const { rules } = /** @type {{ rules: readonly Rule[] }} */ (JSON.parse(readFileSync(rulesFile, 'utf8')));
const wanted = rules.filter(({ category, regex }) => category === 'secret' && regex !== undefined);
const usable = wanted.flatMap(({ regex = '', keywords = [] }) => {
  const expression = converted(regex);
  return expression === undefined ? [] : [{ expression, keywords: keywords.map((word) => word.toLowerCase()) }];
});

let matches = 0;
for (const { path } of filesOf(root)) {
  const text = readFileSync(join(root, path), 'utf8');
  const lower = text.toLowerCase();
  for (const { expression, keywords } of usable) {
    if (keywords.length > 0 && !keywords.some((word) => lower.includes(word))) continue;
    for (const _ of text.matchAll(expression)) matches += 1;
  }
}
console.log(`${usable.length} of ${wanted.length} rules, ${matches} matches`);
