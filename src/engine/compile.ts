import { automatonSearch, QUICK, type Automaton, type AutomatonSearch, type Effort } from '../regex/automaton.ts';
import { byteTable, itemsOf, toBytes, type ByteNode, type ByteTable } from '../regex/bytes.ts';
import { parsePattern } from '../regex/parse.ts';
import { runSearch, type Run } from '../regex/runs.ts';
import type { Sequence } from '../regex/sequence-costs.ts';
import { windowSearch, type Branch, type WindowSearch } from '../regex/window.ts';
import type { Rule } from '../rules/rule.ts';

/** One window of one rule, ready to be written into an image. */
export interface Anchor {
  readonly rule: number;
  readonly sequences: readonly Sequence[];
  /** Bytes from the start of a match to the window; `min` is -1 where the window is a keyword and the whole file is to be searched. */
  readonly min: number;
  readonly max: number;
  /** Eight bytes from `back` bytes before the window, as far as they are fixed, up to letter case. */
  readonly back: number;
  readonly mask: Uint8Array;
  readonly value: Uint8Array;
  readonly automaton: Automaton | undefined;
  /** Bytes between the window's start and the automaton's first byte. */
  readonly skip: number;
  readonly run: Run | undefined;
}

/** How a rule is searched: by windows; by a keyword, then the whole file; or each file as a whole. */
export type Strategy = 'window' | 'keyword' | 'whole' | 'path';

export interface Compiled {
  readonly anchors: readonly Anchor[];
  readonly strategies: readonly Strategy[];
  /** Share of positions at which each rule's windows stand in ordinary text; 0 where there are none. */
  readonly costs: readonly number[];
}

const COMMON = 2e-2; // a window that stands at more positions is no help
const LONG_SET = 40;
const NOISY = 1e-5; // a window that stands at more positions is worth a thorough automaton

/** Lets a window begin inside the end of a counted class: \d{15}\| gives \d{12}\d\d\d\|. */
const openRepeats = (items: readonly ByteNode[], table: ByteTable): ByteNode[] =>
  items.flatMap((item): ByteNode[] => {
    if (
      item.kind !== 'repeat' ||
      item.node.kind !== 'set' ||
      item.min < 4 ||
      item.max === Infinity ||
      item.node.set.members.length > LONG_SET
    )
      return [item];
    return [table.repeat(item.node, item.min - 3, item.max - 3), item.node, item.node, item.node];
  });

/** The bits in which all members of a class agree, when it is one byte or a letter in both cases. */
const fixedBits = (item: ByteNode | undefined): number => {
  if (item?.kind !== 'set' || item.set.wide) return 0;
  const { members } = item.set;
  return members.length === 1 ? 0xff : members.length === 2 && ((members[0] ?? 0) ^ (members[1] ?? 0)) === 0x20 ? 0xdf : 0;
};

const MASKED = 8;
const MASKED_BEFORE = 4;

const fixedBytes = (items: readonly ByteNode[], at: number): Pick<Anchor, 'back' | 'mask' | 'value' | 'skip'> => {
  const mask = new Uint8Array(MASKED);
  const value = new Uint8Array(MASKED);
  let back = 0;
  while (back < MASKED_BEFORE && at > back && fixedBits(items[at - back - 1]) !== 0) back++;
  let length = 0;
  for (; length < MASKED; length++) {
    const item = items[at - back + length];
    const bits = fixedBits(item);
    if (bits === 0 || item?.kind !== 'set') break;
    mask[length] = bits;
    value[length] = (item.set.members[0] ?? 0) & bits;
  }
  return { back, mask, value, skip: Math.max(0, length - back) };
};

/** What is shared by all rules of one compilation. */
interface Shop {
  readonly table: ByteTable;
  readonly windows: WindowSearch;
  readonly automata: AutomatonSearch;
  readonly runs: ReturnType<typeof runSearch>;
}

const openShop = (): Shop => {
  const table = byteTable();
  return { table, windows: windowSearch(table), automata: automatonSearch(table), runs: runSearch(table) };
};

const anchorOf = (rule: number, { items, window }: Branch, shop: Shop, effort: Effort): Anchor => {
  const fixed = fixedBytes(items, window.at);
  return {
    rule,
    sequences: window.sequences,
    min: window.min,
    max: window.max,
    automaton: shop.automata(items.slice(window.at + fixed.skip), window.cost > NOISY ? effort : (effort.whenRare ?? effort)),
    run: shop.runs(items, window.at),
    ...fixed,
  };
};

const keywordItems = (keyword: string, table: ByteTable): ByteNode[] =>
  Array.from(Buffer.from(keyword), (byte) => {
    const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
    return table.set(table.classOf(letter ? [byte | 0x20, byte & 0xdf] : [byte]));
  });

const keywordAnchors = (rule: number, keywords: readonly string[], shop: Shop): Anchor[] | undefined => {
  const anchors: Anchor[] = [];
  for (const keyword of keywords) {
    const branches = keyword.length >= 3 ? shop.windows.branches(keywordItems(keyword, shop.table), 1) : undefined;
    if (branches === undefined) return undefined;
    for (const branch of branches) anchors.push({ ...anchorOf(rule, branch, shop, QUICK), run: undefined, min: -1, max: 0 });
  }
  return anchors.length > 0 ? anchors : undefined;
};

/**
 * Finds for each rule the windows by which its matches are searched.
 * @param effort what the automata behind the windows may take
 * @throws {PatternError} from the first expression that cannot be read; check them before
 */
export const compileRules = (rules: readonly Pick<Rule, 'regex' | 'keywords'>[], effort: Effort = QUICK): Compiled => {
  const shop = openShop();
  const anchors: Anchor[] = [];
  const strategies: Strategy[] = [];
  const costs: number[] = [];
  for (const [index, rule] of rules.entries()) {
    if (rule.regex === undefined) {
      strategies.push('path');
      costs.push(0);
      continue;
    }
    const tree = toBytes(parsePattern(rule.regex).tree, shop.table);
    const items = openRepeats(itemsOf(tree), shop.table);
    const branches = tree.shortest === 0 ? undefined : shop.windows.branches(items, COMMON);
    costs.push(branches?.reduce((sum, branch) => sum + branch.window.cost, 0) ?? 0);
    const found = branches?.map((branch) => anchorOf(index, branch, shop, effort));
    const chosen = found ?? keywordAnchors(index, rule.keywords, shop);
    strategies.push(found !== undefined ? 'window' : chosen !== undefined ? 'keyword' : 'whole');
    for (const anchor of chosen ?? []) anchors.push(anchor);
  }
  return { anchors, strategies, costs };
};
