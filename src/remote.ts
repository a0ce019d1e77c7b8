// Repositories elsewhere, asked over git. git/ answers; rooms only see these words.

/** Where a ref points. */
export interface RefTip {
  readonly oid: string;
  /** What is behind an annotated tag, however often nested. */
  readonly peeled?: string;
}

/**
 * Why there is no answer. `auth-or-missing`: the server asks who we are, as many do for repositories that do not exist. `refused`: we did not ask, since
 * the host is none that the settings name or the address is private.
 */
export interface Silence {
  readonly kind: 'silent';
  readonly why: 'repository-missing' | 'auth-or-missing' | 'no-answer' | 'refused';
  /** One line that may be printed: no credentials in it. */
  readonly detail: string;
}

/** All branches and tags of a repository, by full name, and its default branch (`refs/heads/main`). */
export interface Advertised {
  readonly kind: 'refs';
  readonly refs: ReadonlyMap<string, RefTip>;
  readonly defaultBranch: string | undefined;
  /** Other refs that are advertised (`refs/pull/7/head`). */
  readonly others: ReadonlyMap<string, string>;
  readonly askedAt: Date;
}

/** Branches and tags that reach a commit, by full name. */
export interface Reaching {
  readonly kind: 'reaching';
  readonly refs: readonly string[];
  readonly askedAt: Date;
}

/** What a server has under an object name; `absent`: it says that it has nothing. */
export interface Held {
  readonly kind: 'held';
  readonly type: 'commit' | 'tag' | 'tree' | 'blob' | 'absent';
  /** Of a tag: what is behind it, however often nested, when that is a commit. */
  readonly peeled?: string;
  readonly askedAt: Date;
}

/** When a commit was made, by its committer's clock. */
export interface Dated {
  readonly kind: 'dated';
  readonly committedAt: Date;
}

/** A file of a commit; undefined: the commit has none of that name. */
export interface RemoteFile {
  readonly kind: 'file';
  readonly bytes: Uint8Array | undefined;
  readonly askedAt: Date;
}

/**
 * The door to repositories elsewhere. URLs are as git takes them, object names full and in lower case. Each question is asked once per run; answers may come
 * from what was kept, and say of when they are.
 */
export interface Remotes {
  /**
   * What was kept proves that a ref was there, and never that one is not: who would say so asks again with `fresh`, for an answer of this run. Offline that is
   * no answer.
   */
  advertised(url: string, age?: 'kept' | 'fresh'): Promise<Advertised | Silence>;
  /** No refs: none of now. What was kept answers only when it names some. */
  reaching(url: string, oid: string): Promise<Reaching | Silence>;
  held(url: string, oid: string): Promise<Held | Silence>;
  /** Of a commit that a branch or tag reaches. */
  dated(url: string, oid: string): Promise<Dated | Silence>;
  /** @param path below the root, with `/`; links are not followed */
  read(url: string, oid: string, path: string): Promise<RemoteFile | Silence>;
  close(): Promise<void>;
}

/** What of the settings says how repositories elsewhere are asked. */
export interface RemotesChoice {
  /** `git.example.com`, `git.example.com:8443` over https; another protocol is named: `http://git.lan:3000`. These may be asked as the person, at any address. */
  readonly hosts?: readonly string[];
  /** Only what was kept answers. */
  readonly offline?: boolean;
  /** How old a kept answer may be; offline, any will do. Default: a day. */
  readonly maxAgeMs?: number;
}
