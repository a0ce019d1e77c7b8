import { isMap, type Node } from 'yaml';
import { fieldsOf, itemsOf, MAX_MERGES, type Fields } from './fields.ts';
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

type Role = 'jobs' | 'job' | 'steps' | 'step' | 'container' | 'services' | 'runs' | 'repos';

type Enter = (role: Role, nodes: readonly Node[]) => void;
type Add = (what: Site['what'], nodes: readonly Node[], address?: Node) => void;

/** What is to be looked at in a node of each role. */
const rolesOf = (tree: Tree, fields: Fields, enter: Enter, add: Add): Readonly<Record<Role, (node: Node) => void>> => {
  /** A container is a map or the name of its image. */
  const image = (node: Node): void => {
    if (isMap(tree.target(node))) enter('container', [node]);
    else add('container', [node]);
  };
  return {
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
};

const STARTS: Readonly<Partial<Record<FileKind, Role>>> = { workflow: 'jobs', action: 'runs', 'pre-commit': 'repos' };

/** The places of references, by what the keys that lead to them mean; never by how a line looks. What aliases repeat is met once. */
export const sitesOf = (tree: Tree, root: Node, kind: FileKind): Sites => {
  const sites: Site[] = [];
  const told: Told[] = [];
  const offsetOf = (node: Node): number => node.range?.[0] ?? 0;
  const fields = fieldsOf(tree, (at) => {
    told.push({ offset: offsetOf(at), message: `merge keys lead to one another more than ${MAX_MERGES} times` });
  });
  const seen = new Map<Role, Set<Node>>();
  const queue: [Role, Node][] = [];
  const enter: Enter = (role, nodes) => {
    const known = seen.get(role) ?? new Set<Node>();
    seen.set(role, known);
    for (const node of nodes) {
      const target = tree.target(node);
      if (target === undefined || known.has(target)) continue;
      known.add(target);
      queue.push([role, target]);
    }
  };
  const added = new Set<Node>(); // a merge key may repeat one
  const add: Add = (what, nodes, address) => {
    for (const node of nodes) if (!added.has(node)) sites.push({ what, node, ...(address === undefined ? {} : { address }) });
    for (const node of nodes) added.add(node);
  };
  const roles = rolesOf(tree, fields, enter, add);
  const start = STARTS[kind];
  if (start !== undefined) enter(start, fields.of(root, start));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) roles[next[0]](next[1]);
  return { sites: sites.sort((a, b) => offsetOf(a.node) - offsetOf(b.node)), told };
};
