/** What a reference is to: `action` also where it stands in a sub-folder, `workflow` a reusable one, `self` is `$/…`, `image` a container's, `hook` of pre-commit. */
export type UseKind = 'action' | 'workflow' | 'local' | 'self' | 'docker' | 'image' | 'hook';

/** The comment behind a reference, on its line. */
export interface UseComment {
  /** Without `#`, trimmed. */
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
  /** Bytes of the value as it is written in the raw file, quotes left out, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The value as YAML means it. */
  readonly raw: string;
  readonly kind: UseKind;
  /** Of an absolute reference; undefined: the forge that the workflow runs on. */
  readonly host?: string;
  readonly owner?: string;
  readonly repo?: string;
  readonly subpath?: string;
  /** What stands behind `@`: a full object name in lower or upper case, a tag, a branch. Undefined where there is none. */
  readonly ref?: string;
  /** Of an image: `sha256:…`. */
  readonly digest?: string;
  readonly comment?: UseComment;
  /** True where the bytes of the value are the value: a fix may be written over them. Not so in folded, escaped, aliased scalars. */
  readonly verbatim: boolean;
}

/** What of a file could not be read as what it is. */
export interface UseProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
