import { STOPPED_AT, tableBytes, writeBlock, writeTables } from '../terms/tables.ts';
import { isTerm, type TermSet } from '../terms/term-set.ts';
import type { Filter, Region } from './filter.ts';
import type { Match } from './search.ts';
import { TERMS_WASM } from './terms-wasm.ts';

interface Exports {
  findTerms(base: number, from: number, length: number, tables: number, out: number, room: number): number;
}

export interface TermSearch {
  /** Where terms stand in the first `length` bytes: per rule the first and longest, without overlap. */
  find(region: Region, length: number): readonly Match[];
}

const OUT_ENTRIES = 1 << 14;
const OUT_BYTES = OUT_ENTRIES * 12;
const KEPT = 10_000; // answers remembered; then they are asked anew

const align = (value: number): number => Math.ceil(value / 64) * 64;

/** Bytes of the filter's memory that the search of a set takes. */
export const besideBytes = ({ count }: TermSet): number => align(tableBytes(count)) + OUT_BYTES;

const NONE: readonly Match[] = [];

let compiled: WebAssembly.Module | undefined;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly term: number;
}

/** @param filter made with `besideBytes` of the same set */
export const createTermSearch = (filter: Filter, set: TermSet): TermSearch => {
  const { memory, at } = filter.beside;
  const out = at + align(tableBytes(set.count));
  writeTables(memory.buffer, at, set.tags);
  compiled ??= new WebAssembly.Module(Buffer.from(TERMS_WASM, 'base64'));
  const fold = (block: number): void => writeBlock(memory.buffer, at, block);
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory, fold, abort: () => undefined } });
  const calls = exports as unknown as Exports; // the module is ours: wasm/assembly/terms.ts

  let words = new Uint32Array(memory.buffer);
  const spans = (region: Region, length: number): Span[] | undefined => {
    let found: Span[] | undefined;
    if (words.buffer !== memory.buffer) words = new Uint32Array(memory.buffer); // it has grown
    for (let from = 0; from < length; from = words[(at + STOPPED_AT) >> 2] ?? length) {
      const count = calls.findTerms(region.base, from, length, at, out, OUT_ENTRIES);
      if (count === 0) continue;
      found ??= [];
      for (let i = out >> 2, end = i + count * 3; i < end; i += 3)
        found.push({ start: words[i] ?? 0, end: words[i + 1] ?? 0, term: words[i + 2] ?? 0 });
    }
    return found;
  };

  let answers = new Map<string, boolean>();
  const confirmed = (term: number, text: string): boolean => {
    const name = `${term} ${text}`;
    const known = answers.get(name);
    if (known !== undefined) return known;
    if (answers.size >= KEPT) answers = new Map();
    const answer = isTerm(set, term, text);
    answers.set(name, answer);
    return answer;
  };

  return {
    find: (region, length) => {
      const found = spans(region, length);
      if (found === undefined) return NONE;
      const byRule = new Map<number, Match>(); // the last of each rule
      const matches: Match[] = [];
      const ordered = found.sort((a, b) => a.start - b.start || b.end - a.end);
      for (const { start, end, term } of ordered) {
        const rule = set.rules[term] ?? 0;
        if (start < (byRule.get(rule)?.end ?? 0)) continue;
        const text = region.bytes.toString('utf8', start, end);
        if (!confirmed(term, text)) continue;
        const match = { rule, start, end, text };
        byRule.set(rule, match);
        matches.push(match);
      }
      return matches;
    },
  };
};
