import { createHash } from 'node:crypto';

/** A path of a tree that is not as it was. */
export interface SealedChange {
  readonly path: string;
  readonly mode: string;
  readonly oid: string;
}

/** What pre-commit looked at, for reference-transaction to compare with what was committed. */
export interface Seal {
  /** The number of the git process that makes the commit: another one's commit is none of its business. */
  readonly git: number;
  /** The commit that the digest's changes are told against; undefined before the first one. */
  readonly head: string | undefined;
  readonly digest: string;
}

const SCHEMA = 'kei-git/seal/1';
const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The same for the same changes of the same tree, in any order: SHA-256 over mode, object name and path of each. */
export const digestOf = (changes: readonly SealedChange[]): string => {
  const lines = changes.map(({ path, mode, oid }) => `${mode} ${oid} ${path}\0`);
  return createHash('sha256').update(lines.toSorted().join('')).digest('hex');
};

export const formatSeal = ({ git, head, digest }: Seal): string => `${JSON.stringify({ schema: SCHEMA, git, head: head ?? '', digest })}\n`;

/** undefined for what is none: of another version, or cut short when somebody was killed. */
export const parseSeal = (text: string): Seal | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, git, head, digest } = value as Readonly<Record<string, unknown>>;
  if (schema !== SCHEMA || typeof git !== 'number' || typeof head !== 'string' || typeof digest !== 'string') return undefined;
  return { git, head: OID.test(head) ? head : undefined, digest };
};

/** Commits to which a transaction of refs moves branches. @param lines `<old> <new> <ref>`, as git gives them to the hook */
export const newTips = (lines: string): readonly string[] => {
  const tips = new Set<string>();
  for (const line of lines.split('\n')) {
    const [, tip = '', ...ref] = line.split(' ');
    const name = ref.join(' ');
    if (OID.test(tip) && !/^0+$/.test(tip) && (name === 'HEAD' || name.startsWith('refs/heads/'))) tips.add(tip);
  }
  return [...tips];
};

const SUBMODULE = '160000';
const GONE = '000000';

/** Whether what was looked at is what the index has. @param looked without submodules @param isMerge then what a parent has was not looked at */
export const isWhatWasLookedAt = (
  looked: readonly { readonly path: string; readonly oid?: string }[],
  changes: readonly SealedChange[],
  isMerge: boolean,
): boolean => {
  const now = new Map(changes.filter(({ mode }) => mode !== SUBMODULE).map((change) => [change.path, change]));
  if (!isMerge && now.size !== looked.length) return false;
  return looked.every(({ path, oid }) => {
    const change = now.get(path);
    return change !== undefined && (oid === undefined ? change.mode === GONE : change.oid === oid);
  });
};
