/** What a reference is to: `action` also where it stands in a sub-folder, `workflow` a reusable one, `self` is `$/…`, `image` a container's, `hook` of pre-commit. */
export type UseKind = 'action' | 'workflow' | 'local' | 'self' | 'docker' | 'image' | 'hook';

/** The comment behind a reference, on its line. */
export interface UseComment {
  /** Without `#`, trimmed; of a very long one the beginning. */
  readonly text: string;
  /** Bytes in the raw file, from `#` to the end of the line, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The tag or branch that it says is meant; undefined: it names none (a date, a reason, nothing). */
  readonly version?: string;
  /** Bytes of `version` in the raw file. */
  readonly versionStart?: number;
  readonly versionEnd?: number;
}

/** One reference to somebody's code in a workflow, an action, a pre-commit configuration. */
export interface Use {
  readonly path: string;
  /** 1-based, of the value; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** Bytes of the value as it is written in the raw file, quotes left out, end exclusive. Of an alias: of what it repeats. */
  readonly start: number;
  readonly end: number;
  /** The value as YAML means it, without white space around it; a password in an address is `***`. */
  readonly raw: string;
  readonly kind: UseKind;
  /** Of an absolute reference, with its port, and of an image; undefined: the forge that the workflow runs on, the usual registry. */
  readonly host?: string;
  /** Undefined where `raw` could be misread; a problem says why. Of an image `repo` is the whole path. */
  readonly owner?: string;
  readonly repo?: string;
  readonly subpath?: string;
  /** What stands behind `@`: a full object name in lower or upper case, a tag, a branch. Undefined where there is none. */
  readonly ref?: string;
  /** Of an image: `sha256:…`. */
  readonly digest?: string;
  /** Of an absolute reference and of a hook: the repository's address as git takes it, without credentials. */
  readonly url?: string;
  readonly comment?: UseComment;
  /** The byte at which a fix may put a comment, where there is none; undefined: it would become part of a value. */
  readonly commentAt?: number;
  /** Of an alias: where the value stands that it repeats; `line` and `column` are where it is used. */
  readonly anchor?: { readonly line: number; readonly column: number };
  /**
   * True where the bytes of the value are the value: a fix may be written over them. Not so in folded, escaped and block scalars, and of aliases of one
   * value only for the first, where the value itself is no reference (`env`): so that no two uses that are verbatim have the same bytes.
   */
  readonly verbatim: boolean;
}

/** What of a file could not be read as what it is. */
export interface UseProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
