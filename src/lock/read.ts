import type { Node } from 'yaml';
import { count, humanBytes } from '../report/quantity.ts';
import { quoted } from '../report/quoted.ts';
import { parseTree, type Tree } from '../uses/tree.ts';
import { readEntry, readList, VERSIONS, type Version } from './entry.ts';
import { broken, shown, type LockFault } from './fault.ts';
import type { Lock, LockEntry, LockedWorkflow, Place } from './lock.ts';
import { openNodes, type Field, type Nodes } from './nodes.ts';

/** The host's reader takes no more: https://github.com/github/actions-lockfile, MaxParseSize. */
const MOST_BYTES = 2 ** 20;
const MOST_FAULTS = 100;
const KEYS = ['version', 'workflows', 'dependencies'];

export interface ReadLock {
  /** What could be read of it, where its version is known. */
  readonly lock: Lock | undefined;
  /** In order of the file. */
  readonly faults: readonly LockFault[];
}

const NO_PLACE: Place = { line: 1, column: 1, start: 0, end: 0 };

/** Problems of syntax. Findings are put in order by their bytes, so each has them. */
const syntaxFaults = ({ problems, text, offsets }: Tree): readonly LockFault[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); problems.length > 0 && at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return problems.map(({ line, column, message }) => {
    const start = offsets.byteOf(Math.min(text.length, (starts[line - 1] ?? text.length) + column - 1));
    const place: Place = { line, column, start, end: start };
    return message.startsWith('more than one document')
      ? { rule: 'workflow/lock-documents', message, hint: 'the host reads the first: take out the others', place }
      : broken(message, place);
  });
};

const readVersion = (row: Field | undefined, nodes: Nodes): Version | undefined => {
  if (row === undefined) return nodes.tell(broken('it says no version', NO_PLACE));
  const text = nodes.text(row.value, 'the version', row.place);
  const known = VERSIONS.find((version) => version === text);
  if (known !== undefined || text === undefined) return known;
  const place = nodes.placeOf(row.value, row.place);
  if (!/^v?\d+\.\d+\.\d+$/.test(text)) return nodes.tell(broken(`${quoted(text)} is no version of the format`, place));
  return nodes.tell({
    rule: 'workflow/lock-version',
    message: `version ${text} of the format is not known here: nothing of it was judged`,
    hint: `known are ${VERSIONS.join(' and ')}; see whether a newer kei-git knows it`,
    place,
  });
};

/** Why a path cannot be that of a file of the repository; undefined: it can. */
const pathFault = (path: string): string | undefined => {
  if (path === '') return 'is empty';
  if (path.startsWith('/')) return 'does not begin at the root of the repository';
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f\\:]/.test(path)) return 'holds a character that is not allowed';
  return path.split('/').includes('..') ? 'leads out of the repository' : undefined;
};

const readWorkflow = ({ name, place, value }: Field, version: Version, nodes: Nodes): LockedWorkflow => {
  const fault = pathFault(name);
  if (fault !== undefined) nodes.tell(broken(`the path ${quoted(name)} ${fault}`, place));
  return { path: name, place, pins: readList(value, `the list of ${quoted(name, 80)}`, place, version, nodes) };
};

/** Entries by id, the first of each. Spellings of one key are one key to the host. */
const tellSpellings = (entries: readonly LockEntry[], nodes: Nodes): ReadonlyMap<string, LockEntry> => {
  const byId = new Map<string, LockEntry>();
  for (const entry of entries) {
    const { key, place } = entry;
    const first = byId.get(key.id);
    if (first === undefined) byId.set(key.id, entry);
    else if (`${first.key.owner}/${first.key.repo}` !== `${key.owner}/${key.repo}`)
      nodes.tell(broken(`${shown(key)} stands twice, first in line ${first.place.line} in another spelling`, place));
    if (`${key.owner}/${key.repo}` !== `${key.owner}/${key.repo}`.toLowerCase())
      nodes.tell({
        rule: 'workflow/lock-case',
        message: `${shown(key)} is not in lower case`,
        hint: 'gh actions-lock writes owner and repository in lower case',
        place,
      });
  }
  return byId;
};

/** An entry that is needed for itself, told once per circle. */
const tellCircles = (entries: readonly LockEntry[], byId: ReadonlyMap<string, LockEntry>, nodes: Nodes): void => {
  const done = new Set<string>();
  for (const start of entries) {
    const open: { readonly entry: LockEntry; next: number }[] = done.has(start.key.id) ? [] : [{ entry: start, next: 0 }];
    const path = new Set<string>(open.map(({ entry }) => entry.key.id));
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const used = top.entry.uses[top.next++];
      if (used === undefined) {
        open.pop();
        path.delete(top.entry.key.id);
        done.add(top.entry.key.id);
        continue;
      }
      const entry = byId.get(used.key.id);
      if (path.has(used.key.id)) nodes.tell(broken(`${shown(used.key)} is used by what it uses itself`, used.place));
      else if (entry !== undefined && !done.has(used.key.id)) {
        open.push({ entry, next: 0 });
        path.add(used.key.id);
      }
    }
  }
};

const readRoot = (root: Node | undefined, nodes: Nodes): Lock | undefined => {
  const rows = nodes.fields(root, 'the file', NO_PLACE);
  if (rows === undefined) return undefined;
  const row = (name: string): Field | undefined => rows.find((one) => one.name === name);
  for (const { name, place } of rows) if (!KEYS.includes(name)) nodes.tell(broken(`it has the unknown key ${quoted(name)}`, place));
  const version = readVersion(row('version'), nodes);
  if (version === undefined) return undefined;
  const within = (name: string): readonly Field[] => {
    const field = row(name);
    return field === undefined ? [] : (nodes.fields(field.value, name, field.place) ?? []);
  };
  const workflows = within('workflows').map((field) => readWorkflow(field, version, nodes));
  const entries = within('dependencies').flatMap((field) => readEntry(field, version, nodes) ?? []);
  const byId = tellSpellings(entries, nodes);
  tellCircles(entries, byId, nodes);
  return { workflows, entries, byId };
};

/** Reads a lock and says what in it is not as the format has it, whatever its bytes are. */
export const readLock = (bytes: Uint8Array): ReadLock => {
  if (bytes.length > MOST_BYTES) return { lock: undefined, faults: [broken(`it is larger than ${humanBytes(MOST_BYTES)}`, NO_PLACE)] };
  const tree = parseTree(bytes);
  const told: LockFault[] = [...syntaxFaults(tree)];
  const lock =
    tree.root === undefined && told.length > 0
      ? undefined
      : readRoot(
          tree.root,
          openNodes(tree, (fault) => void told.push(fault)),
        );
  const faults = told.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const more = faults.length - MOST_FAULTS;
  const last = faults[MOST_FAULTS];
  return {
    lock,
    faults: last === undefined ? faults : [...faults.slice(0, MOST_FAULTS), broken(`and ${count(more, 'fault')} more`, last.place)],
  };
};
