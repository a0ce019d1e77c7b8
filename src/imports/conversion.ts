import type { Problem } from '../report/problem.ts';
import type { Position } from '../toml.ts';

/** A rule file made of another tool's. */
export interface Conversion {
  /** A rule file of our schema. */
  readonly toml: string;
  /** What could not be carried over, at its place in the file that was read. An error is a rule that is missing. */
  readonly problems: readonly Problem[];
  readonly rules: number;
  /** Line of `toml` from which on a part is made of what stands at a place of the file that was read; ascending. */
  readonly places: readonly { readonly line: number; readonly from: Position }[];
}

/** Lines that are made of one thing of the file that was read. */
export interface Block {
  readonly from: Position;
  readonly lines: readonly string[];
}

/** Blocks below a header, an empty line between them. */
export const joinBlocks = (header: readonly string[], blocks: readonly Block[]): Pick<Conversion, 'toml' | 'places'> => {
  const lines = [...header];
  const places: Conversion['places'][number][] = [];
  for (const block of blocks) {
    lines.push('');
    places.push({ line: lines.length + 1, from: block.from });
    lines.push(...block.lines.flatMap((line) => line.split('\n')));
  }
  return { toml: `${lines.join('\n')}\n`, places };
};

/** Where a line of the made file comes from. */
export const placeOfLine = ({ places }: Pick<Conversion, 'places'>, line: number): Position => {
  let found: Position = { line: 1, column: 1 };
  for (const place of places) {
    if (place.line > line) break;
    found = place.from;
  }
  return found;
};

/** First lines of a made file. @param file as it is named to people, not a path of this machine */
export const headerOf = (format: string, file: string): readonly string[] => [
  `# made by kei-git leak import ${format} of ${file}`,
  '',
  'schema = "leak-matrix/1"',
];
