import type { CacheStore } from '../command.ts';
import type { Advertised, RefTip } from '../remote.ts';

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

// git check-ref-format. Names come from the server and go into files and onto terminals.
const isRefName = (name: string): boolean =>
  /^refs\/[^\s~^:?*[\\\p{Cc}\p{Cf}]+$/u.test(name) && !/\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[./]$/.test(name) && name.length < 1024;

const isKept = (name: string): boolean => name.startsWith('refs/heads/') || name.startsWith('refs/tags/');

/** What `git ls-remote --symref` prints. Lines that git itself would not take for refs are left out; object names are all of one kind. */
export const parseAdvertisement = (text: string, askedAt: Date): Advertised => {
  const refs = new Map<string, RefTip>();
  const others = new Map<string, string>();
  let head: string | undefined;
  let headOid: string | undefined;
  let width: number | undefined;
  for (const line of text.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ') && name === 'HEAD') head = value.slice(5);
    if (!OID.test(value) || value.length !== (width ??= value.length)) continue;
    if (name === 'HEAD') headOid = value;
    const peels = name.endsWith('^{}');
    const plain = peels ? name.slice(0, -3) : name;
    if (!isRefName(plain)) continue;
    if (!isKept(plain)) {
      if (!peels) others.set(plain, value);
    } else if (!peels) refs.set(plain, { oid: value });
    else {
      const tip = refs.get(plain);
      if (tip !== undefined) refs.set(plain, { ...tip, peeled: value });
    }
  }
  return { kind: 'refs', refs, others, askedAt, defaultBranch: head !== undefined && isRefName(head) ? head : guessed(refs, headOid) };
};

/** The branch that HEAD most likely is, of a server that does not say it: git clone guesses so. */
const guessed = (refs: Advertised['refs'], headOid: string | undefined): string | undefined => {
  const same = [...refs].flatMap(([name, { oid }]) => (oid === headOid && name.startsWith('refs/heads/') ? [name] : []));
  return ['refs/heads/main', 'refs/heads/master'].find((name) => same.includes(name)) ?? (same.length === 1 ? same[0] : undefined);
};

/** What git knows a repository's objects by; undefined while it has no refs. */
export const formatOf = ({ refs, others }: Pick<Advertised, 'refs' | 'others'>): 'sha1' | 'sha256' | undefined => {
  const oid = refs.values().next().value?.oid ?? others.values().next().value;
  return oid === undefined ? undefined : oid.length === 64 ? 'sha256' : 'sha1';
};

const VERSION = 1;

/** Keeps it for later runs. Other refs than branches and tags prove nothing later, and there can be very many. */
export const keepAdvertisement = (store: CacheStore, name: string, { refs, defaultBranch, askedAt }: Advertised): void => {
  const tips = [...refs].map(([ref, { oid, peeled }]) => (peeled === undefined ? [ref, oid] : [ref, oid, peeled]));
  store.write(name, Buffer.from(JSON.stringify({ version: VERSION, askedAt: askedAt.getTime(), defaultBranch, tips })));
};

/** What was kept; undefined when there is none that can be read. */
export const keptAdvertisement = (store: CacheStore, name: string): Advertised | undefined => {
  const bytes = store.read(name);
  if (bytes === undefined) return undefined;
  try {
    const kept = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      readonly version: number;
      readonly askedAt: number;
      readonly defaultBranch?: string;
      readonly tips: readonly (readonly [string, string, string?])[];
    };
    if (kept.version !== VERSION) return undefined;
    const refs = new Map(kept.tips.map(([ref, oid, peeled]) => [ref, peeled === undefined ? { oid } : { oid, peeled }]));
    return { kind: 'refs', refs, others: new Map(), defaultBranch: kept.defaultBranch, askedAt: new Date(kept.askedAt) };
  } catch {
    return undefined;
  }
};
