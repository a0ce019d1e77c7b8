import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { quoted } from '../report/quoted.ts';
import { fileKindBelow, type FileKind } from './files.ts';
import { lineComments, type LineComments } from './line-comment.ts';
import { toProblems, type Told } from './problems.ts';
import { parseContainer, parseHook, parseReference, withoutPassword, type Reference } from './reference.ts';
import { sitesOf, type Site } from './sites.ts';
import { parseTree, type Tree } from './tree.ts';
import type { Use, UseProblem } from './use.ts';
import { readValue, type Value } from './value.ts';

export interface ReadUses {
  /** In order of the file. */
  readonly uses: readonly Use[];
  readonly problems: readonly UseProblem[];
  readonly kind: FileKind | undefined;
}

/**
 * All references of a file, whatever its bytes are.
 * @param path from the root of the repository: it says what kind of file it is
 * @param isNamed somebody asked for this very file: where its path does not say what it is, its content does
 */
export const readUses = (bytes: Uint8Array, path: string, isNamed = false): ReadUses => {
  const known = fileKindBelow(path);
  if (known === 'lock' || (known === undefined && !isNamed)) return { uses: [], problems: [], kind: known };
  const tree = parseTree(bytes);
  const kind = known ?? kindOfContent(tree);
  if (kind !== undefined) return usesOf(tree, path, kind);
  const none = { offset: 0, message: 'no workflow, no action and no configuration of pre-commit' };
  return { uses: [], problems: toProblems([...tree.told, none], tree.offsets), kind };
};

const KINDS: ReadonlyMap<unknown, FileKind> = new Map([
  ['jobs', 'workflow'],
  ['runs', 'action'],
  ['repos', 'pre-commit'],
]);

const kindOfContent = ({ root }: Tree): FileKind | undefined => {
  const keys = isMap(root) ? root.items.map(({ key }) => (isScalar(key) ? key.value : undefined)) : [];
  return KINDS.get(keys.find((key) => KINDS.has(key)));
};

/** The same of a file that is parsed already. */
const usesOf = (tree: Tree, path: string, kind: FileKind): ReadUses => {
  if (tree.root === undefined) return { uses: [], problems: tree.problems, kind };
  const { sites, told } = sitesOf(tree, tree.root, kind);
  const found: Told[] = [...tree.told, ...told];
  const uses: Use[] = [];
  const reader: Reader = {
    tree,
    path,
    comments: lineComments(tree),
    values: new Map(),
    claimed: new Set(sites.map(({ node }) => node).filter((node) => !isAlias(node))),
  };
  for (const site of sites) {
    const { use, fault, at = offsetOf(site.node) } = readSite(site, reader);
    if (use !== undefined) uses.push(use);
    if (fault !== undefined) found.push({ offset: at, message: fault });
  }
  return { uses, problems: toProblems(found, tree.offsets), kind };
};

interface Reader {
  readonly tree: Tree;
  readonly path: string;
  readonly comments: LineComments;
  /** Each scalar is read once, however many aliases repeat it. */
  readonly values: Map<Node, Value | undefined>;
  /** Scalars that a use writes over: one fix for each. */
  readonly claimed: Set<Node>;
}

interface Reading {
  readonly use?: Use;
  readonly fault?: string;
  /** Where the fault is; default: where the value begins, quotes and all. */
  readonly at?: number;
}

const KEYS: Readonly<Record<Site['what'], string>> = {
  step: 'uses',
  job: 'uses',
  container: 'image',
  'docker-action': 'image',
  hook: 'rev',
};

const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

const kindOf = (node: Node): string =>
  isMap(node) ? 'a map' : isSeq(node) ? 'a list' : isScalar(node) && node.value === null ? 'empty' : 'a number or a boolean';

const readSite = (site: Site, reader: Reader): Reading => {
  const { tree, values } = reader;
  const node = tree.target(site.node);
  if (node === undefined) return {}; // the tree tells
  if (!values.has(node)) values.set(node, readValue(node, tree.text));
  const value = values.get(node);
  const isNone = site.what === 'container' && isScalar(node) && (node.value === null || value?.raw === ''); // a job without a container
  if (isNone) return {};
  if (value === undefined) return { fault: `${KEYS[site.what]} is ${kindOf(node)}, not text` };
  if (value.raw === undefined) return { fault: `${KEYS[site.what]} is too long for a reference` };
  if (value.raw === '') return { fault: `${KEYS[site.what]} is empty` };
  const reference = referenceOf(site, value.raw, reader);
  if (reference === undefined) return {};
  const { fault, ...parts } = reference;
  const raw = withoutPassword(value.raw);
  const use = { ...placed(site.node, node, { ...value, raw }, reader), ...parts };
  const at = isAlias(site.node) ? offsetOf(site.node) : value.start;
  return fault === undefined ? { use } : { use, fault: `${quoted(raw, 60)}: ${fault}`, at };
};

/** A use as far as its place tells. */
const placed = (
  site: Node,
  node: Node,
  { raw, start, end, isSame, line }: Value & { readonly raw: string },
  { tree: { offsets, text }, path, comments, claimed }: Reader,
): Omit<Use, 'kind'> => {
  const alias = isAlias(site);
  const verbatim = isSame && text.startsWith(raw, start) && !(alias && claimed.has(node));
  if (alias) claimed.add(node);
  const comment = (alias ? comments.after(site.range?.[1] ?? 0) : undefined) ?? comments.after(line);
  const commentAt = verbatim && comment === undefined ? comments.room(end) : undefined;
  return {
    path,
    ...offsets.spotOf(alias ? offsetOf(site) : start),
    start: offsets.byteOf(start),
    end: offsets.byteOf(end),
    raw,
    ...(comment === undefined ? {} : { comment }),
    ...(commentAt === undefined ? {} : { commentAt }),
    ...(alias ? { anchor: offsets.spotOf(start) } : {}),
    verbatim,
  };
};

const referenceOf = ({ what, address }: Site, raw: string, { tree, values }: Reader): Reference | undefined => {
  if (what === 'step' || what === 'job') return parseReference(raw, what);
  if (what === 'container') return parseContainer(raw);
  if (what === 'docker-action') return raw.startsWith('docker://') ? parseContainer(raw) : undefined;
  const target = address === undefined ? undefined : tree.target(address);
  if (target === undefined) return undefined;
  if (!values.has(target)) values.set(target, readValue(target, tree.text));
  return parseHook(values.get(target)?.raw, raw);
};
