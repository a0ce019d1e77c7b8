import type { Entry, Snapshot } from '../check.ts';
import { nearest } from '../nearest.ts';
import { printable } from '../report/printable.ts';
import { quoted } from '../report/quoted.ts';
import type { Counted } from './counted.ts';
import { isRegular, type Unanswered } from './files.ts';
import { partOf } from './structure.ts';
import type { Language } from './structured.ts';
import { parseValuePath, showValuePath } from './value-path.ts';
import type { Counter, CountWorld } from './world.ts';

const LANGUAGES = ['toml', 'json', 'yaml'] as const satisfies readonly Language[];

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const entryOf = async (snapshot: Snapshot, language: Language, file: string): Promise<Entry | Unanswered> => {
  const path = file.replaceAll('%', '%25').replace(/^(?:\.\/)+/, '');
  const entries = await snapshot.list();
  const entry = entries.find((one) => one.path === path);
  if (entry === undefined) {
    const unread = (snapshot.unlisted ?? []).find((one) => one.path === path);
    if (unread !== undefined) return { kind: 'unknown', reason: `${printable(file)} could not be looked at: ${unread.reason}` };
    const alike = entries.map((one) => one.path).filter((other) => nameOf(other) === nameOf(path) || other.startsWith(path.slice(0, 3)));
    const near = nearest(path, alike.slice(0, 1000));
    return {
      kind: 'broken',
      key: language,
      reason: `no file ${quoted(file)}`,
      ...(near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` }),
    };
  }
  return isRegular(entry)
    ? entry
    : { kind: 'broken', key: language, reason: `${printable(file)} is a symbolic link: name the file that it leads to` };
};

const bytesOf = async ({ snapshot, signal }: CountWorld, entry: Entry, language: Language): Promise<Uint8Array | Unanswered> => {
  for await (const [, content] of snapshot.readMany([entry], signal)) {
    if (content.kind === 'bytes') return content.bytes;
    const reason = `${printable(entry.path)} could not be read: ${content.skipped.reason}`;
    return content.size === undefined ? { kind: 'unknown', reason } : { kind: 'broken', key: language, reason };
  }
  return { kind: 'unknown', reason: `${printable(entry.path)} could not be read` };
};

/** A value of a TOML, JSON or YAML file, the length of a list in it, or the keys of a table. */
export const countStructured = async (counter: Counter, world: CountWorld): Promise<Counted> => {
  const { path = '', of, zero } = counter;
  const language = LANGUAGES.find((one) => counter[one] !== undefined) ?? 'toml';
  const file = counter[language] ?? '';
  const steps = parseValuePath(path);
  if (steps === undefined)
    return {
      kind: 'broken',
      key: 'path',
      reason: `is no path: ${quoted(path)}`,
      hint: 'keys and indexes, like packages[0].version or a."b.c"',
    };
  const entry = await entryOf(world.snapshot, language, file);
  if ('kind' in entry) return entry;
  const bytes = await bytesOf(world, entry, language);
  if ('kind' in bytes) return bytes;
  const { readStructure } = await import('./structured.ts'); // with the library that reads YAML
  const root = readStructure(language, bytes, printable(file));
  if (root.kind === 'not-read') return { kind: 'broken', key: language, reason: root.reason };
  const part = partOf(root, steps, of);
  if (part.kind === 'fault')
    return {
      kind: 'broken',
      key: part.key === 'file' ? language : part.key,
      reason: `${printable(file)}: ${part.reason}`,
      ...(part.hint === undefined ? {} : { hint: part.hint }),
    };
  const place = `${steps.length === 0 ? '' : `${printable(showValuePath(steps))} in `}${printable(file)}`;
  if (part.isCount && part.text === '0' && !zero)
    return { kind: 'broken', key: 'path', reason: `nothing in ${place}`, hint: 'zero = true where none is right' };
  const what = of === 'length' ? 'items of ' : of === 'keys' ? 'keys of ' : '';
  return { kind: 'value', value: part.text, derivation: `${what}${place}` };
};
