import type { Position } from '../toml.ts';
import type { Notes } from './notes.ts';
import type { YamlField } from './yaml-document.ts';

/** One entry of `rules`. */
export interface KingfisherRule {
  readonly fields: ReadonlyMap<string, YamlField>;
  readonly at: Position;
  readonly notes: Notes;
}
