import type { Position } from '../toml.ts';

/** The file in which gitleaks looks for findings that may stay. */
export const GITLEAKS_IGNORES = '.gitleaksignore';

/** A line of it: a finding by its place. */
export interface PlaceIgnore {
  readonly rule: string;
  /** As gitleaks writes paths, `src/a.txt`. */
  readonly path: string;
  readonly line: number;
  /** undefined: in whatever commit. */
  readonly commit?: string;
  readonly file: string;
  readonly position: Position;
}

const PLACE = /^(?:([0-9a-f]{40}|[0-9a-f]{64}):)?(.+):([^:\s]+):(\d{1,9})$/;

const parseLine = (text: string): Omit<PlaceIgnore, 'file' | 'position'> | undefined => {
  const [, commit, path = '', rule = '', line] = PLACE.exec(text) ?? [];
  if (line === undefined) return undefined;
  return { rule, path: path.replace(/^\.\//, ''), line: Number(line), ...(commit === undefined ? {} : { commit }) };
};

/**
 * `COMMIT:FILE:RULE:LINE` or `FILE:RULE:LINE` on each line; `#` begins a comment. The format is described in gitleaks' README.
 * @returns entries, and the lines that are none
 */
export const parsePlaceIgnores = (
  bytes: Uint8Array,
  file: string = GITLEAKS_IGNORES,
): { readonly entries: readonly PlaceIgnore[]; readonly unread: readonly Position[] } => {
  const entries: PlaceIgnore[] = [];
  const unread: Position[] = [];
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  for (const [i, whole] of text.split('\n').entries()) {
    const line = whole.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const position = { line: i + 1, column: 1 };
    const entry = parseLine(line);
    if (entry === undefined) unread.push(position);
    else entries.push({ ...entry, file, position });
  }
  return { entries, unread };
};
