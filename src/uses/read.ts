import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { quoted } from '../report/quoted.ts';
import { fileKindBelow, type FileKind } from './files.ts';
import { commentAfter, roomForComment } from './line-comment.ts';
import { parseContainer, parseHook, parseReference, type Reference } from './reference.ts';
import { sitesOf, type Site } from './sites.ts';
import { parseTree, type Span, type Tree } from './tree.ts';
import type { Use, UseProblem } from './use.ts';

export interface ReadUses {
  /** In order of the file. */
  readonly uses: readonly Use[];
  readonly problems: readonly UseProblem[];
  readonly kind: FileKind | undefined;
}

/** All references of a file, whatever its bytes are. @param path from the root of the repository: it says what kind of file it is */
export const readUses = (bytes: Uint8Array, path: string): ReadUses => {
  const kind = fileKindBelow(path);
  if (kind === undefined || kind === 'lock') return { uses: [], problems: [], kind };
  return usesOf(parseTree(bytes), path, kind);
};

/** The same of a file that was parsed already. */
export const usesOf = (tree: Tree, path: string, kind: FileKind): ReadUses => {
  if (tree.root === undefined) return { uses: [], problems: tree.problems, kind };
  const { sites, told } = sitesOf(tree, tree.root, kind);
  const uses: Use[] = [];
  const problems: UseProblem[] = told.map(({ offset, message }) => ({ ...tree.offsets.spotOf(offset), message }));
  const claimed = new Set<Node>(sites.map(({ node }) => node).filter((node) => !isAlias(node)));
  for (const site of sites) {
    const { use, fault } = readSite(site, tree, path, claimed);
    if (use !== undefined) uses.push(use);
    if (fault !== undefined) problems.push({ ...tree.offsets.spotOf(offsetOf(site.node)), message: fault });
  }
  return { uses, problems: [...tree.problems, ...problems].sort((a, b) => a.line - b.line || a.column - b.column), kind };
};

const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

const KEYS: Readonly<Record<Site['what'], string>> = {
  step: 'uses',
  job: 'uses',
  container: 'image',
  'docker-action': 'image',
  hook: 'rev',
};

const nameOfKind = (node: Node | undefined): string =>
  isMap(node) ? 'a map' : isSeq(node) ? 'a list' : isScalar(node) && node.value === null ? 'empty' : 'a number or a boolean';

const trim = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

/** @param claimed scalars that another use writes over: one fix for each */
const readSite = (site: Site, tree: Tree, path: string, claimed: Set<Node>): { readonly use?: Use; readonly fault?: string } => {
  const node = tree.target(site.node);
  if (node === undefined) return {}; // the tree tells
  const key = KEYS[site.what];
  if (!isScalar(node) || typeof node.value !== 'string') {
    if (site.what === 'container' && isScalar(node) && node.value === null) return {};
    return { fault: `${key} is ${nameOfKind(node)}, not text` };
  }
  const value = trim(node.value);
  if (value === '') return site.what === 'container' ? {} : { fault: `${key} is empty` };
  const reference = referenceOf(site, value, tree);
  if (reference === undefined) return {};
  const { fault, ...parts } = reference;
  const raw = withoutPassword(value);
  const { start, end } = written(node, tree.text, raw);
  const isSame =
    tree.text.slice(start, end) === raw && !raw.includes('\ufffd') && node.type !== 'BLOCK_FOLDED' && node.type !== 'BLOCK_LITERAL';
  const verbatim = isSame && (!isAlias(site.node) || !claimed.has(node));
  if (isAlias(site.node)) claimed.add(node);
  const { offsets } = tree;
  const comment = commentAfter(tree, lineOf(site.node, tree)) ?? (isAlias(site.node) ? commentAfter(tree, lineOf(node, tree)) : undefined);
  const commentAt = verbatim && comment === undefined ? roomForComment(tree, end) : undefined;
  const use: Use = {
    path,
    ...offsets.spotOf(isAlias(site.node) ? offsetOf(site.node) : start),
    start: offsets.byteOf(start),
    end: offsets.byteOf(end),
    raw,
    ...parts,
    ...(comment === undefined ? {} : { comment }),
    ...(commentAt === undefined ? {} : { commentAt }),
    ...(isAlias(site.node) ? { anchor: offsets.spotOf(start) } : {}),
    verbatim,
  };
  return fault === undefined ? { use } : { use, fault: `${quoted(raw, 60)}: ${fault}` };
};

/** Where the line ends on which a comment about the value stands: that of its end, of a block that of its header. */
const lineOf = (node: Node, { text }: Tree): number => {
  const { start, end } = { start: offsetOf(node), end: node.range?.[1] ?? 0 };
  return isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') ? start : Math.min(end, text.length);
};

const referenceOf = ({ what, address }: Site, raw: string, tree: Tree): Reference | undefined => {
  if (what === 'step' || what === 'job') return parseReference(raw, what);
  if (what === 'container') return parseContainer(raw);
  if (what === 'docker-action') return raw.startsWith('docker://') ? parseContainer(raw) : undefined;
  const target = address === undefined ? undefined : tree.target(address);
  return isScalar(target) && typeof target.value === 'string' ? parseHook(trim(target.value), raw) : undefined;
};

/** The span of a scalar without its quotes and without white space around the value. */
const written = (node: Node, text: string, raw: string): Span => {
  const [from = 0, to = 0] = node.range ?? [];
  const quote = /^["']/.test(text.slice(from, from + 1)) ? 1 : 0;
  const [start, end] = [from + quote, Math.max(from + quote, to - quote)];
  const inner = text.slice(start, end);
  const lead = inner.length - inner.trimStart().length;
  return inner.startsWith(raw, lead) && trim(inner) === raw ? { start: start + lead, end: start + lead + raw.length } : { start, end };
};

/** Nothing that could be a password is kept. */
const withoutPassword = (raw: string): string => raw.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@(?=[^/]*\/)/i, '$1***@');
