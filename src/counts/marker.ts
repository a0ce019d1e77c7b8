/** How a number stands in a file: as text, in the path of a badge (shields.io), or elsewhere in an address. */
export type SlotForm = 'text' | 'badge' | 'address';

/** A run of bytes of a file that holds a number. */
export interface Slot {
  /** Bytes in the raw file, end exclusive; the same where no number stands there yet. */
  readonly start: number;
  readonly end: number;
  /** What stands there now, decoded. */
  readonly text: string;
  readonly form: SlotForm;
}

/** Why no number can be found where one should be. */
export interface SlotProblem {
  readonly message: string;
  readonly hint?: string;
}

/** `format=words` behind a marker's name; a key alone has an empty value. */
export interface MarkerAttribute {
  readonly key: string;
  readonly value: string;
}

/** A place in a file where a counter's number stands. */
export interface Marker {
  readonly name: string;
  readonly attributes: readonly MarkerAttribute[];
  /** Of its first slot; 1-based, columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** Ascending, never empty. All of them show the number. */
  readonly slots: readonly Slot[];
}

/** What makes a marker unusable: `counts/broken`. Nothing of a file with such a problem is rewritten. */
export interface MarkerProblem {
  readonly line: number;
  readonly column: number;
  /** Of the comment that is to be seen to, in bytes. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
}

export interface ReadMarkers {
  /** In order of the file. */
  readonly markers: readonly Marker[];
  readonly problems: readonly MarkerProblem[];
}
