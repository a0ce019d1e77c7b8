// What `install` and `uninstall` are told of the machine, and what they want done to it.

/** A file in a folder of hooks; see `HookFile` of git's side. */
export interface FoundFile {
  /** Its name. */
  readonly event: string;
  readonly path: string;
  readonly kind: 'absent' | 'file' | 'link' | 'broken-link' | 'other';
  readonly runs: boolean;
  readonly mode: number | undefined;
  readonly tool: string | undefined;
  readonly bytes: Buffer | undefined;
  /** Of a symbolic link, as it is written. */
  readonly target: string | undefined;
}

export interface FoundFolder {
  readonly path: string;
  readonly kind: 'absent' | 'folder' | 'link' | 'broken-link' | 'other';
  readonly writable: boolean;
  /** All that lies in it. */
  readonly files: readonly FoundFile[];
}

/** A file of git's configuration and the folder of ours beside it. */
export interface FoundChain {
  readonly scope: 'local' | 'worktree';
  readonly config: string;
  readonly configBytes: Buffer | undefined;
  readonly folder: FoundFolder;
}

export interface Found {
  /** Absolute path of what all worktrees share. */
  readonly commonDir: string;
  readonly hooks: FoundFolder;
  readonly chains: readonly FoundChain[];
}

/** What is to stand beside a file of configuration. */
export interface WantedChain {
  readonly config: string;
  /** `path`: core.hooksPath leads to our folder; `hooks`: each event is a hook of the configuration (git 2.54). */
  readonly by: 'path' | 'hooks';
  /** What git would have run without us: core.hooksPath as it was, relative or absolute. */
  readonly behind: string | undefined;
  /** Events that are only handed on. */
  readonly passed: readonly string[];
}

export interface Wanted {
  /** The guard's block for each event. */
  readonly blocks: ReadonlyMap<string, string>;
  /** Blocks stand in the files of the repository's own folder of hooks. */
  readonly inHooks: boolean;
  readonly chains: readonly WantedChain[];
}

/** Something to be done to a file. `was`: what must stand there, else it stays as somebody made it meanwhile; undefined: nothing. */
export type Step =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'write' | 'config';
      readonly path: string;
      readonly bytes: Buffer;
      readonly mode: number | undefined;
      readonly was: Buffer | undefined;
    }
  /** What lies at `path` gets a second name, then other bytes take its place. */
  | { readonly kind: 'aside'; readonly path: string; readonly to: string; readonly bytes: Buffer; readonly mode: number }
  /** A file takes the place of another. */
  | { readonly kind: 'back'; readonly path: string; readonly to: string; readonly was: Buffer | undefined }
  | { readonly kind: 'remove'; readonly path: string; readonly was: Buffer | undefined }
  /** Only if it is empty. */
  | { readonly kind: 'remove-folder'; readonly path: string };

/** What happens in one place, for a person. */
export interface Line {
  readonly event: string | undefined;
  readonly path: string;
  readonly words: string;
  /** Nothing is to be done. */
  readonly same: boolean;
}

export interface Plan {
  readonly lines: readonly Line[];
  /** In the order in which they leave a guarded repository guarded, and other hooks running, at each instant. */
  readonly steps: readonly Step[];
  /** Why nothing can be done. */
  readonly problems: readonly string[];
  /** What a person changed, and therefore stays. */
  readonly remarks: readonly string[];
}
