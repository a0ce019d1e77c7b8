import type { CacheStore, Context } from './command.ts';
import type { PlacedIgnore } from './config/ignores.ts';
import type { PlaceIgnore } from './config/gitleaks-ignore.ts';
import type { Config } from './config/schema.ts';
import type { AskHistory, RunCounter } from './counting.ts';
import type { Remotes, RemotesChoice } from './remote.ts';
import type { Finding, Skipped } from './report/finding.ts';

/** A file as a snapshot lists it. */
export interface Entry {
  /** UTF-8 with `/`; invalid bytes as %XX and % as %25. Relative to the snapshot's root. */
  readonly path: string;
  /** Object name of the content where it is known without reading. */
  readonly oid?: string;
  /** Git's file mode as a number: 0o100644, 0o100755, 0o120000 (symbolic link), 0o160000 (submodule). */
  readonly mode: number;
  /** Bytes, where known without reading. */
  readonly size?: number;
  /**
   * The file on disk may differ from `oid` in line ends (core.autocrlf, text attributes) and `$Id$`: a clean verdict on `oid` holds for
   * it, places in `oid` do not.
   */
  readonly converted?: boolean;
}

/** Content up to this many bytes is held in memory as a whole: the limit that snapshots are opened with. What is larger is streamed. */
export const HELD_BYTES = 64 * 2 ** 20;

/** Content of an entry, or why there is none. */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `size` is set when it was only too large to hold: `stream` still gives it. */
  | { readonly kind: 'skipped'; readonly skipped: Skipped; readonly size?: number };

/** How another thread can open the same snapshot again. Plain data. */
export type SnapshotSource =
  | { readonly kind: 'directory'; readonly root: string }
  | { readonly kind: 'objects'; readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly program: string };

/** Memory of the caller that content is read into: `view` is all of it; `grow` makes it at least so long, keeps its content, and gives it back. */
export interface Memory {
  view(): Uint8Array;
  grow(needed: number): Uint8Array;
}

/** What a read into memory gives: bytes read, or why there is nothing; `size` is set when the content was only too large. */
export type ReadInto =
  | { readonly kind: 'read'; readonly size: number }
  | { readonly kind: 'skipped'; readonly skipped: Skipped; readonly size?: number };

/** All files that are as git's index has them, under one name: paths, modes and contents are the same whenever the name is. */
export interface Witnessed {
  readonly name: string;
  /** The others: changed since, or not tracked. */
  readonly rest: readonly Entry[];
  /** False where it cannot be said after all. What was kept under the name needs no asking: it was certain then, and the name says so still. */
  certain(): Promise<boolean>;
}

/**
 * A tree of files at one moment: the index, the worktree, a commit, a directory, or one of these with proposed edits over it.
 * Looking never changes index, worktree, stash or refs.
 */
export interface Snapshot {
  readonly kind: 'index' | 'worktree' | 'commit' | 'directory' | 'overlay';
  readonly description: string;
  /** Of a commit: its full object name. */
  readonly commit?: string;
  /** All entries, in order of path bytes. `globs`: only those that match one; git's pathspec rules apply. */
  list(globs?: readonly string[]): Promise<readonly Entry[]>;
  /** The bytes of one path, undefined when the snapshot has no such file. @throws {KeiError} when it cannot be read */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Contents in the order asked; an entry that cannot be read comes as `skipped`. */
  readMany(entries: readonly Entry[], signal?: AbortSignal): AsyncIterable<readonly [Entry, Content]>;
  /** Reads at once and without a copy; only where content lies on disk. */
  readInto?(entry: Entry, memory: Memory): ReadInto;
  /** The entries below a folder (`leak-matrix/`), where that is cheaper than a list of all. */
  listBelow?(folder: string): Promise<readonly Entry[]>;
  /** Worktree only: what git vouches for as a whole; undefined where it does not. */
  witnessed?(): Promise<Witnessed | undefined>;
  /** Worktree only: paths that differ from the index now. What was read as unchanged and is not among them was what the index has. */
  changedNow?(): Promise<ReadonlySet<string>>;
  /** Index only: the paths in which it differs from HEAD; undefined where only git can tell. */
  changedPaths?(): readonly string[] | undefined;
  /** For content too large to hold. */
  stream(entry: Entry): AsyncIterable<Uint8Array>;
  /** How a worker opens it; undefined when it lives only in this thread. */
  source?(): SnapshotSource;
  /** Entries that listing itself could not look at: sockets, unreadable folders, submodules. Complete after `list`. */
  readonly unlisted?: readonly Skipped[];
  close?(): Promise<void>;
}

/** One file that a change touches. */
export interface Change {
  readonly path: string;
  /** Where the file was before a rename. */
  readonly from?: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'type-changed';
  /** The commit that makes the change; undefined for staged and proposed ones. */
  readonly commit?: string;
  readonly oid?: string;
  readonly mode?: number;
  /** Line ranges (1-based, inclusive) that the change adds; undefined: the whole file counts. */
  readonly added?: readonly (readonly [first: number, last: number])[];
  /** In place of `added`, where it adds some and to tell which costs more than to look at the file: ask when something was found. */
  readonly lines?: () => Promise<Change['added']>;
}

/** The lines that a change adds; undefined: the whole file counts. */
export const addedLines = async ({ added, lines }: Change): Promise<Change['added']> => (lines === undefined ? added : lines());

export const EVENTS = ['check', 'pre-commit', 'commit-msg', 'pre-push', 'ci', 'agent-write', 'agent-command', 'mirror'] as const;
export type Event = (typeof EVENTS)[number];

/** A text that travels with commits: the message of a commit or of an annotated tag. */
export interface TargetMessage {
  readonly commit?: string;
  /** It is that of an annotated tag; `commit` names the tag then. */
  readonly tag?: true;
  readonly text: string;
}

/** What is looked at. A check never learns whether it came from the index, a commit or an agent's proposal. */
export interface Target {
  readonly event: Event;
  readonly after: Snapshot;
  readonly before?: Snapshot;
  /** undefined: look at everything in `after`. */
  readonly changes?: readonly Change[];
  /** Only these paths or folders of `after`; undefined: all. */
  readonly paths?: readonly string[];
  readonly messages?: readonly TargetMessage[];
  readonly description: string;
}

/** Commits that are to land somewhere: what is judged, and what stands there now. Full object names. */
export interface Proposal {
  readonly after: string;
  /** Whose policy holds; undefined: there is none, or it is not in this clone. */
  readonly before: string | undefined;
  /** Where the two parted: what changed since is the proposal's own. */
  readonly since: string | undefined;
  /** `before` is not in this clone, or has nothing in common with `after`. */
  readonly missing: boolean;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly files: number;
  /** Those of commits and tags. */
  readonly messages?: number;
  /** Those of archives. */
  readonly members?: number;
  /** References to repositories elsewhere. */
  readonly pins?: number;
  /** Lines for a person about what was looked at, whatever was found. */
  readonly overview?: readonly string[];
  /** What could not be looked at fails on every occasion. */
  readonly strict?: boolean;
  readonly bytes: number;
}

/** What holds for a run: settings, exceptions, rule files. `config/load.ts` makes it. */
export interface CheckPolicy {
  readonly config: Config;
  readonly ignores: readonly PlacedIgnore[];
  readonly ruleFiles: readonly {
    readonly path: string;
    readonly bytes: Uint8Array;
    readonly mayLoosen: boolean;
    readonly beside?: boolean;
  }[];
  /** Lines of .gitleaksignore. */
  readonly places: readonly PlaceIgnore[];
  /** False: the repository's settings may only tighten the person's own. */
  readonly trusted: boolean;
  /** False: no command that the repository's settings name may run. */
  readonly mayRun: boolean;
  /** False: nobody but the repository says what it may loosen; whom it names must not be asked as the person. */
  readonly vouched: boolean;
}

/** Runs a piece of work in other threads. */
export interface Threads {
  /** Threads that the machine has room for, this one included. */
  readonly available: number;
  /** Starts `count` workers of the program with `data` each; an answer per worker. */
  run(count: number, data: unknown, signal: AbortSignal): Promise<unknown[]>;
  /** Says that work of a second or more begins, most of it not in JavaScript: only what is truly hot is worth optimising. */
  expectWork(): Promise<void>;
}

/** A file that came with the program, of which parts can be read. */
export interface AssetFile {
  readonly length: number;
  /** Fills `into` with the bytes from `at` on. @throws {FileError} when they are not there */
  read(into: Uint8Array, at: number): void;
}

/** A secret that a team shares: hashed terms and the tokens that take a secret's place hang on it. */
export interface Key {
  /** Eight characters of base32 that tell keys apart and say nothing about the key. */
  readonly id: string;
  /** HMAC-SHA-256, 32 bytes, under a key of its own for each purpose. */
  hmac(purpose: string, data: Uint8Array | string): Buffer;
}

/** The key of a run, or why there is none. `place`: the file or variable it stands in, or would. */
export type KeyAnswer =
  | { readonly kind: 'key'; readonly key: Key; readonly place: string }
  | { readonly kind: 'absent'; readonly place: string; readonly hint: string }
  | { readonly kind: 'unusable'; readonly reason: string; readonly hint: string };

/** The world of a check: what a command has, and what only commands may reach. */
export interface CheckContext extends Context {
  readonly policy: CheckPolicy;
  /** A file beside the settings, from where the settings are: what a rule file goes on from. */
  readPolicyFile(path: string): Promise<Uint8Array | undefined>;
  /** Files before the change: an inline allow that does not stand there yet does nothing. undefined: each counts. */
  readonly landed: Pick<Snapshot, 'read'> | undefined;
  /** Cache of this clone; undefined where there is none or it must not be read. */
  readonly clone: CacheStore | undefined;
  /** `sha1` or `sha256`; undefined outside a repository. */
  readonly objectFormat: string | undefined;
  /** A file that came with the program. */
  asset(name: string): Uint8Array | undefined;
  /** The same, opened. It stays open as long as the program runs. */
  openAsset(name: string): AssetFile | undefined;
  readonly threads: Threads | undefined;
  /** The key that the settings name; read when it is first asked for. */
  key(): KeyAnswer;
  /** The door to repositories elsewhere, one for each choice; closed with the run. Nothing of it is loaded before. */
  remotes(choice?: RemotesChoice): Remotes;
  /** What counters ask of the repository's history; undefined outside of one. */
  readonly history: AskHistory | undefined;
  /** Runs the command of a counter, whoever may; undefined where there is no worktree. */
  readonly runCounter: RunCounter | undefined;
  /** The address of the repository's own `origin`; undefined where there is none. */
  origin(): Promise<string | undefined>;
}

/** A guard that any gate can run. */
export interface Check {
  readonly id: string;
  readonly summary: string;
  applies(target: Target): boolean;
  /** Ids of the rules that come with the program: one of the same id in a repository's file takes the place of such a rule. */
  builtinRules(asset: CheckContext['asset']): Promise<readonly string[]>;
  run(target: Target, context: CheckContext): Promise<Outcome>;
}
