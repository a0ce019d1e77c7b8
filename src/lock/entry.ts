import { isScalar, type Node } from 'yaml';
import { quoted } from '../report/quoted.ts';
import { broken, shown } from './fault.ts';
import { isObjectName, readKey } from './key.ts';
import type { Listed, LockedCommit, LockEntry, LockKey, Place } from './lock.ts';
import type { Field, Nodes } from './nodes.ts';

/** Versions of the format that are known: https://github.com/github/actions-lockfile/tree/main/schema */
export const VERSIONS = ['v0.0.1', 'v0.0.2'] as const;
export type Version = (typeof VERSIONS)[number];

const NEEDED = {
  'v0.0.1': ['commit', 'owner_id', 'repo_id'],
  'v0.0.2': ['ref', 'commit', 'owner_id', 'repo_id'],
} as const;
const ALLOWED: Readonly<Record<Version, readonly string[]>> = {
  'v0.0.1': [...NEEDED['v0.0.1'], 'tag', 'branch', 'uses'],
  'v0.0.2': [...NEEDED['v0.0.2'], 'uses'],
};

/** A key at its place; undefined, and told, where it is none. */
const readListed = (text: string, place: Place, version: Version, nodes: Nodes): Listed | undefined => {
  const read = readKey(text, version === 'v0.0.1');
  if (read.kind === 'key') return { key: read.key, place };
  return nodes.tell(broken(`${quoted(text, 120)} names no dependency, ${read.fault}`, place));
};

export const readList = (node: Node | undefined, what: string, place: Place, version: Version, nodes: Nodes): readonly Listed[] =>
  nodes.items(node, what, place).flatMap((item) => {
    const at = nodes.placeOf(item, place);
    const text = nodes.text(item, `an item of ${what}`, at);
    const listed = text === undefined ? undefined : readListed(text, at, version, nodes);
    return listed === undefined ? [] : [listed];
  });

const COMMIT = /^(sha1-(?=.{40}$)|sha256-(?=.{64}$))([0-9a-f]+)$/i;

/** Where the object name stands within its value; undefined where it is not written as it is meant. */
const writtenAt = (digest: string, { start, end }: Place, { tree }: Nodes, node: Node | undefined): LockedCommit['written'] => {
  const [from = 0, to = 0] = node?.range ?? [];
  const at = tree.text.slice(from, to).indexOf(digest);
  // What other entries repeat by an alias is theirs too.
  if (at < 0 || !isScalar(node) || node.anchor !== undefined || node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL')
    return undefined;
  const first = tree.offsets.byteOf(from + at);
  return first + digest.length > end || first < start ? undefined : { start: first, end: first + digest.length };
};

const readCommit = (field: Field, name: string, nodes: Nodes): LockedCommit | undefined => {
  const text = nodes.text(field.value, `the commit of ${name}`, field.place);
  if (text === undefined) return undefined;
  const place = nodes.placeOf(field.value, field.place);
  const [, , digest] = COMMIT.exec(text) ?? [];
  if (digest === undefined)
    return nodes.tell(broken(`the commit of ${name} is neither sha1- and 40 nor sha256- and 64 hexadecimal digits`, place));
  return { oid: digest.toLowerCase(), place, written: writtenAt(digest, place, nodes, field.value) };
};

const readId = ({ name, value, place }: Field, of: string, nodes: Nodes): void => {
  const isNumber = isScalar(value) && typeof value.value === 'number' && /^[1-9]\d{0,17}$/.test(value.source ?? '');
  if (!isNumber) nodes.tell(broken(`the ${name} of ${of} is no positive number`, nodes.placeOf(value, place)));
};

/** What is against the names of the ref in key and body, and against the commit of a key that is one. */
const tellContradiction = (
  key: LockKey,
  ref: string | undefined,
  refPlace: Place,
  commit: LockedCommit | undefined,
  nodes: Nodes,
): void => {
  if (isObjectName(key.ref)) {
    if (commit !== undefined && commit.oid !== key.ref.toLowerCase())
      nodes.tell(broken(`the commit of ${shown(key)} is another one than its key says`, commit.place));
  } else if (ref !== undefined && ref !== key.ref)
    nodes.tell(broken(`the ref of ${shown(key)} is ${quoted(ref)}, other than its key says`, refPlace));
};

/** One row of `dependencies`; undefined, and told, where its key names nothing. */
export const readEntry = ({ name, place, value }: Field, version: Version, nodes: Nodes): LockEntry | undefined => {
  const key = readListed(name, place, version, nodes)?.key;
  if (key === undefined) return undefined;
  const of = shown(key);
  const rows = nodes.fields(value, of, place);
  if (rows === undefined) return { key, place, ref: undefined, commit: undefined, hasIds: false, uses: [] };
  const byName = new Map([...rows].reverse().map((row) => [row.name, row]));
  for (const row of rows)
    if (!ALLOWED[version].includes(row.name)) nodes.tell(broken(`${of} has the unknown key ${quoted(row.name)}`, row.place));
  for (const needed of NEEDED[version].filter((row) => !byName.has(row)))
    nodes.tell({ ...broken(`${of} has no ${needed}`, place), ...(needed.endsWith('_id') ? { isForHost: true } : {}) });
  const refRow = byName.get('ref') ?? byName.get('tag') ?? byName.get('branch');
  const ref = refRow === undefined ? undefined : nodes.text(refRow.value, `the ${refRow.name} of ${of}`, refRow.place);
  const commitRow = byName.get('commit');
  const commit = commitRow === undefined ? undefined : readCommit(commitRow, of, nodes);
  for (const id of ['owner_id', 'repo_id']) {
    const row = byName.get(id);
    if (row !== undefined) readId(row, of, nodes);
  }
  if (version === 'v0.0.2') tellContradiction(key, ref, refRow === undefined ? place : nodes.placeOf(refRow.value, place), commit, nodes);
  const used = byName.get('uses');
  const uses = used === undefined ? [] : readList(used.value, `the uses of ${of}`, used.place, version, nodes);
  return { key, place, ref: ref ?? key.ref, commit, hasIds: byName.has('owner_id') && byName.has('repo_id'), uses };
};
