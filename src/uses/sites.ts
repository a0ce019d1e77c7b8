import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { FileKind } from './files.ts';
import type { Told } from './problems.ts';
import type { Tree } from './tree.ts';

/** A place at which a reference stands, as it is written there: perhaps an alias. */
export interface Site {
  readonly what: 'step' | 'job' | 'container' | 'docker-action' | 'hook';
  readonly node: Node;
  /** Of a hook: the address of its repository. */
  readonly address?: Node;
}

export interface Sites {
  /** In order of the file. */
  readonly sites: readonly Site[];
  readonly told: readonly Told[];
}

const MAX_MERGES = 100; // merge keys that lead to one another
const MERGE = '<<';

type Pair = { readonly key: Node | null; readonly value: Node | null };
const pairsOf = (node: Node | undefined): readonly Pair[] => (isMap(node) ? (node.items as readonly Pair[]) : []);
const itemsOf = (node: Node | undefined): readonly Node[] => (isSeq(node) ? (node.items as readonly Node[]) : []);

/** What maps hold, merge keys followed as Forgejo does; GitHub refuses them. */
interface Fields {
  /** All values of a key, an inner one before a merged one. Where the key stands twice, there are two. */
  of(map: Node, name: string): readonly Node[];
  /** The values of all keys, and the maps that are merged in. */
  all(map: Node): { readonly values: readonly Node[]; readonly merged: readonly Node[] };
}

const fieldsOf = (tree: Tree, tooDeep: (at: Node) => void): Fields => {
  const known = new Map<string, Map<Node, readonly Node[]>>();
  const nameOf = ({ key }: Pair): string | undefined => {
    const named = key === null ? undefined : tree.target(key);
    return isScalar(named) ? String(named.value) : undefined;
  };
  const valuesOf = (map: Node | undefined, name: string): readonly Node[] =>
    pairsOf(map).flatMap((pair) => (pair.value !== null && nameOf(pair) === name ? [pair.value] : []));
  const mergedInto = (map: Node | undefined): readonly Node[] =>
    valuesOf(map, MERGE).flatMap((value) => {
      const target = tree.target(value);
      return isSeq(target) ? itemsOf(target) : [value];
    });
  const find = (map: Node, name: string, depth: number): readonly Node[] => {
    const target = tree.target(map);
    if (target === undefined) return [];
    const answers = known.get(name) ?? new Map<Node, readonly Node[]>();
    known.set(name, answers);
    const before = answers.get(target);
    if (before !== undefined) return before;
    let found = valuesOf(target, name);
    if (found.length === 0 && depth > MAX_MERGES) tooDeep(map);
    else
      for (const source of found.length === 0 ? mergedInto(target) : []) {
        found = find(source, name, depth + 1);
        if (found.length > 0) break;
      }
    answers.set(target, found);
    return found;
  };
  return {
    of: (map, name) => find(map, name, 0),
    all: (map) => {
      const target = tree.target(map);
      const values = pairsOf(target).flatMap((pair) => (pair.value === null || nameOf(pair) === MERGE ? [] : [pair.value]));
      return { values, merged: mergedInto(target) };
    },
  };
};

type Role = 'jobs' | 'job' | 'steps' | 'step' | 'container' | 'services' | 'runs' | 'repos';

/** The places of references, by what the keys that lead to them mean; never by how a line looks. What aliases repeat is met once. */
export const sitesOf = (tree: Tree, root: Node, kind: FileKind): Sites => {
  const sites: Site[] = [];
  const told: Told[] = [];
  const offsetOf = (node: Node): number => node.range?.[0] ?? 0;
  const fields = fieldsOf(
    tree,
    (at) => void told.push({ offset: offsetOf(at), message: `merge keys lead to one another more than ${MAX_MERGES} times` }),
  );
  const seen = new Map<Role, Set<Node>>();
  const queue: [Role, Node][] = [];
  const enter = (role: Role, nodes: readonly Node[]): void => {
    for (const node of nodes) {
      const target = tree.target(node);
      const met = seen.get(role) ?? new Set<Node>();
      seen.set(role, met);
      if (target === undefined || met.has(target)) continue;
      met.add(target);
      queue.push([role, target]);
    }
  };
  const met = new Set<Node>();
  const add = (what: Site['what'], nodes: readonly Node[], address?: Node): void => {
    for (const node of nodes) {
      if (met.has(node)) continue; // what a merge key repeats
      met.add(node);
      sites.push({ what, node, ...(address === undefined ? {} : { address }) });
    }
  };
  const ROLES: Readonly<Record<Role, (node: Node) => void>> = {
    jobs: (node) => {
      const { values, merged } = fields.all(node);
      enter('job', values);
      enter('jobs', merged);
    },
    job: (node) => {
      add('job', fields.of(node, 'uses'));
      enter('steps', fields.of(node, 'steps'));
      for (const container of fields.of(node, 'container')) image(container);
      enter('services', fields.of(node, 'services'));
    },
    steps: (node) => enter('step', itemsOf(node)),
    step: (node) => {
      add('step', fields.of(node, 'uses'));
      enter('steps', fields.of(node, 'parallel'));
    },
    services: (node) => {
      const { values, merged } = fields.all(node);
      for (const value of values) image(value);
      enter('services', merged);
    },
    container: (node) => add('container', fields.of(node, 'image')),
    runs: (node) => {
      enter('steps', fields.of(node, 'steps'));
      add('docker-action', fields.of(node, 'image'));
    },
    repos: (node) => {
      for (const item of itemsOf(node)) {
        const [address] = fields.of(item, 'repo');
        if (address !== undefined) add('hook', fields.of(item, 'rev'), address);
      }
    },
  };
  /** A container is a map or the name of its image. */
  const image = (node: Node): void => {
    if (isMap(tree.target(node))) enter('container', [node]);
    else add('container', [node]);
  };
  if (kind === 'workflow') enter('jobs', fields.of(root, 'jobs'));
  if (kind === 'action') enter('runs', fields.of(root, 'runs'));
  if (kind === 'pre-commit') enter('repos', fields.of(root, 'repos'));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) ROLES[next[0]](next[1]);
  return { sites: sites.sort((a, b) => offsetOf(a.node) - offsetOf(b.node)), told };
};
