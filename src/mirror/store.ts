export type ObjectKind = 'blob' | 'tree' | 'commit' | 'tag';

/** What the repository that is mirrored says to one name. */
export type Stored =
  | { readonly kind: 'object'; readonly type: ObjectKind; readonly bytes: Buffer }
  | { readonly kind: 'large'; readonly size: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'corrupt' };

/** The repository that is read and the one that is written. */
export interface Store {
  read(oid: string): Promise<Stored>;
  /** The name of the new object. */
  write(type: ObjectKind, bytes: Uint8Array): Promise<string>;
  /** Bytes of an object name. */
  readonly width: number;
  /** The text of a path that git has as bytes. */
  pathText(bytes: Buffer): string;
}
