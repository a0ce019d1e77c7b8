import { GitError } from '../errors.ts';
import type { Guard, Verdict } from './guard.ts';
import type { Journal } from './journal.ts';
import { safeRef, withNames } from './names.ts';
import { headerOf, headersOf, parseIdentity, parseObject, toUtf8, writeIdentity, writeObject, type Parsed } from './objects.ts';
import type { Store } from './store.ts';
import { wholeObject, type Trees } from './trees.ts';

/** Makes the commits and tags of the mirror. */
export interface Commits {
  /** The new commit of an old one, whose parents were made before. */
  commit(oid: string): Promise<string>;
  /** One with other parents and a last paragraph of its own. `tree`: the new one. */
  snapshot(oid: string, parents: readonly string[], trailer: string): Promise<{ readonly oid: string; readonly tree: string }>;
  /** The new name of what a tag holds; undefined where that is no commit of the mirror. */
  tag(name: string, oid: string): Promise<{ readonly name: string; readonly oid: string } | undefined>;
  /** A branch's or tag's name as it may be; undefined: not at all. */
  refName(name: string): string | undefined;
}

const SIGNED = ['gpgsig', 'gpgsig-sha256', 'mergetag'];
const SIGNATURE = /^-----BEGIN (?:PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----$/m;
const QUOTED_ID = /(?<![0-9A-Za-z])[0-9a-f]{12,64}(?![0-9A-Za-z])/g;
const LEAST = 12;
const LEFT_OUT = Buffer.from('(message left out)\n');
const PERSON = 'redacted';

export interface CommitParts {
  readonly store: Store;
  readonly trees: Trees;
  readonly guard: Guard;
  readonly journal: Journal;
}

export const createCommits = ({ store, trees, guard, journal }: CommitParts): Commits => {
  const made = new Map<string, string>();
  /** Full names by their first characters; undefined where two begin alike. */
  const short = new Map<string, string | undefined>();
  const remember = (old: string, fresh: string): void => {
    made.set(old, fresh);
    const start = old.slice(0, LEAST);
    short.set(start, short.has(start) ? undefined : old);
  };

  const noted = (verdict: Verdict): Verdict => {
    if (verdict.kind === 'replaced') {
      journal.replaced(verdict.findings);
      journal.stands(verdict.left);
    } else if (verdict.kind === 'excluded') journal.replaced(verdict.findings);
    return verdict;
  };
  const identities = new Map<string, string>();
  const word = (text: string, commit: string): string => {
    const bytes = Buffer.from(text, 'latin1');
    const verdict = text === '' ? undefined : noted(guard.text(bytes, commit));
    if (verdict === undefined || verdict.kind === 'clean') return text;
    return verdict.kind === 'excluded' ? PERSON : withNames(bytes, verdict).toString('latin1');
  };
  const identity = (line: string, encoding: string | undefined, commit: string): string => {
    const who = parseIdentity(toUtf8(Buffer.from(line, 'latin1'), encoding).bytes.toString('latin1'));
    const person = `${who.name}\0${who.email}`;
    const known = identities.get(person) ?? `${word(who.name, commit)}\0${word(who.email, commit)}`;
    identities.set(person, known);
    const [name = '', email = ''] = known.split('\0');
    return writeIdentity({ name, email, when: who.when });
  };
  /** Names of old commits become those of new ones. */
  const withIds = (message: Buffer): Buffer => {
    const text = message.toString('latin1');
    const changed = text.replaceAll(QUOTED_ID, (id) => {
      const old = short.get(id.slice(0, LEAST));
      return old?.startsWith(id) === true ? (made.get(old)?.slice(0, id.length) ?? id) : id;
    });
    return changed === text ? message : Buffer.from(changed, 'latin1');
  };
  const message = (bytes: Buffer, commit: string): Buffer => {
    const verdict = noted(guard.text(bytes, commit));
    const kept = verdict.kind === 'clean' ? bytes : verdict.kind === 'excluded' ? LEFT_OUT : verdict.bytes;
    return withIds(kept);
  };
  const unsigned = (object: Parsed): void => {
    if (object.headers.some(([key]) => SIGNED.includes(key))) journal.unsigned();
  };
  const read = async (oid: string): Promise<Parsed> => parseObject(wholeObject(await store.read(oid), oid));

  const written = async (oid: string, object: Parsed, tree: string, parents: readonly string[], trailer = ''): Promise<string> => {
    unsigned(object);
    const encoding = headerOf(object, 'encoding');
    const { bytes, encoding: kept } = toUtf8(object.message, encoding);
    const person = (key: string): readonly [string, string] => [key, identity(headerOf(object, key) ?? '', encoding, oid)];
    const text = message(bytes, oid);
    const fresh: Parsed = {
      headers: [
        ['tree', tree],
        ...parents.map((parent) => ['parent', parent] as const),
        person('author'),
        person('committer'),
        ...(kept === undefined ? [] : [['encoding', kept] as const]),
      ],
      message: trailer === '' ? text : Buffer.concat([text.subarray(0, endOf(text)), Buffer.from(`\n\n${trailer}\n`)]),
    };
    journal.commit();
    return store.write('commit', writeObject(fresh));
  };

  const tagged = async (oid: string): Promise<string | undefined> => {
    const known = made.get(oid);
    if (known !== undefined) return known;
    const answer = await store.read(oid);
    if (answer.kind !== 'object' || answer.type !== 'tag') return undefined;
    const object = parseObject(answer.bytes);
    const old = headerOf(object, 'object') ?? '';
    const held = await tagged(old);
    const name = refName(headerOf(object, 'tag') ?? '');
    if (held === undefined || name === undefined) return undefined;
    const at = SIGNATURE.exec(object.message.toString('latin1'))?.index;
    if (at !== undefined) journal.unsigned();
    else unsigned(object);
    const who = headerOf(object, 'tagger');
    const fresh = await store.write(
      'tag',
      writeObject({
        headers: [
          ['object', held],
          ['type', headerOf(object, 'type') ?? 'commit'],
          ['tag', name],
          ...(who === undefined ? [] : [['tagger', identity(who, undefined, oid)] as const]),
        ],
        message: message(object.message.subarray(0, at), oid),
      }),
    );
    made.set(oid, fresh);
    return fresh;
  };

  const refName = (name: string): string | undefined => {
    const bytes = Buffer.from(name, 'latin1');
    const verdict = noted(guard.text(bytes));
    if (verdict.kind === 'clean') return name;
    return verdict.kind === 'excluded' ? undefined : safeRef(withNames(bytes, verdict).toString('latin1'));
  };

  return {
    refName,
    commit: async (oid) => {
      const object = await read(oid);
      const parents = headersOf(object, 'parent').map((parent) => {
        const known = made.get(parent);
        if (known === undefined)
          throw new GitError(`commit ${parent.slice(0, 12)} is not in this clone`, { hint: 'git fetch --unshallow' });
        return known;
      });
      const fresh = await written(oid, object, await trees.root(headerOf(object, 'tree') ?? '', oid), parents);
      remember(oid, fresh);
      return fresh;
    },
    snapshot: async (oid, parents, trailer) => {
      const object = await read(oid);
      const tree = await trees.root(headerOf(object, 'tree') ?? '', oid);
      return { tree, oid: await written(oid, object, tree, parents, trailer) };
    },
    tag: async (name, oid) => {
      const held = await tagged(oid);
      const fresh = held === undefined ? undefined : refName(name);
      return held === undefined || fresh === undefined ? undefined : { name: fresh, oid: held };
    },
  };
};

/** Without the white space at the end. */
const endOf = (text: Buffer): number => text.toString('latin1').replace(/[ \t\r\n]+$/, '').length;
