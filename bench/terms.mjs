// @ts-check
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kei } from './ours.mjs';

/** @typedef {import('./ours.mjs').Bench} Bench */

// Words that stand everywhere, so that what terms begin with does, and words of which names are made.
const COMMON =
  'access account action active agent alert archive asset atom audit axis base batch binary black block blue board body border bright broker buffer build bundle cache call case cast cell center chain change channel chart check child circle class clean clear client clock cloud cluster code command common config connect console content context control core count course create current custom cycle dark dash data date debug deep default delta design device digital direct document domain drive edge element engine entry error event export extra fast fault file filter final first flag flash flow focus font force form format forward frame free front function future gate gear global gold graph green grid ground group guard handle hash head heart helper hidden high history home host icon image impact import index info inner input item job key kernel label language large last launch layer leader level library light limit line link list live load local lock log long loop machine magic main map mark master match matrix media member memory menu message meta method metric mirror mobile mode model module mount name native network next night node note number object offset open option order origin output owner package page panel parent parse part path pattern peak phase pixel plain plan platform point policy pool port post print private process profile program project proof proto proxy query quick range record red region relay remote render report request reset resource response result return root router rule sample scale scan scheme scope script search second secret section select sensor server service session set shape shared shell signal simple single size sky slate slot smart socket source space split stable stack stage start state static status step storage stream street string strong style super support surface switch symbol system table target task team temp test text theme thread time token tool top total track trade transfer tree trigger type unit update upper user value vector version view virtual vision wave white wide wind window wire work world yellow'.split(
    ' ',
  );
// Of which names are made up.
const ONSETS = 'b br c cal d dr f g gr h k l m mor n p qu r s st t tr v vel x z'.split(' ');
const VOWELS = 'a e i o u ai ea io'.split(' ');
const ENDS = 'bel cta dan dex lix mar nor qon ris tis vex zor'.split(' ');

/**
 * Names as firms give them, of two or three words: a made-up one behind words that stand in all code. The same each time.
 * @param {number} count at most 100,000
 */
export const generatedTerms = (count) => {
  /** @type {Set<string>} */
  const terms = new Set();
  for (let i = 0; terms.size < count; i += 1) {
    const lot = createHash('sha256').update(`term ${i}`).digest();
    const word = (/** @type {readonly string[]} */ words, /** @type {number} */ n) => words[lot.readUInt16LE(n * 2) % words.length] ?? '';
    const first = word(COMMON, 1);
    const name = `${word(ONSETS, 2)}${word(VOWELS, 4)}${word(ENDS, 5)}`;
    terms.add((lot[0] ?? 0) % 2 === 0 ? `${first} ${name}` : `${first} ${word(COMMON, 3)} ${name}`);
  }
  return [...terms];
};

const COUNT = 10_000;

/** Rule files with the terms, made by the program itself with a key that it makes. @param {Bench} bench */
export const termFiles = async (bench) => {
  const terms = join(bench.cache, 'terms.txt');
  writeFileSync(terms, `${generatedTerms(COUNT).join('\n')}\n`);
  await bench.meter.once({ name: 'leak key', ...kei(bench, ['leak', 'key', '--new']), accept: [0, 2] });
  /** @param {string} name @param {readonly string[]} options */
  const made = async (name, options) => {
    const file = join(bench.cache, `terms-${name}.toml`);
    rmSync(file, { force: true });
    const { command } = kei(bench, ['leak', 'term', 'add', '--file', file, ...options]);
    await bench.meter.once({ name: `leak term add, ${name}`, command: ['sh', '-c', 'exec "$@" < "$0"', terms, ...command] });
    return file;
  };
  return { plain: await made('plain', ['--plain']), hashed: await made('hashed', []) };
};
