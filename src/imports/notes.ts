import { nearest } from '../nearest.ts';
import type { Severity } from '../report/finding.ts';
import type { Problem } from '../report/problem.ts';
import { quoted } from '../report/quoted.ts';
import type { Position } from '../toml.ts';
import { comments } from './toml-text.ts';

/** Where what cannot be carried over is told. */
export interface Notes {
  readonly all: Problem[];
  tell(at: Position, severity: Severity, code: string, message: string, hint?: string): void;
  /** Keys that the format does not have, each with the one that was meant most likely. */
  tellUnknown(keys: readonly string[], known: readonly string[], at: (key: string) => Position): void;
}

export const createNotes = (file: string): Notes => {
  const all: Problem[] = [];
  const tell: Notes['tell'] = ({ line, column }, severity, code, message, hint) => {
    all.push({ code, severity, file, line, column, message, ...(hint === undefined ? {} : { hint }) });
  };
  return {
    all,
    tell,
    tellUnknown: (keys, known, at) => {
      for (const key of keys) {
        if (known.includes(key)) continue;
        const near = nearest(key, known);
        const hint = near === undefined ? undefined : `did you mean ${quoted(near)}?`;
        tell(at(key), 'warning', 'unknown-key', `unknown key ${quoted(key)} is not carried over`, hint);
      }
    },
  };
};

/** What was told, for the comment above a rule. */
export const noteLines = (problems: readonly Problem[]): readonly string[] =>
  problems.flatMap(({ message, hint }) => comments(`kei-git: ${message}${hint === undefined ? '' : ` (${hint})`}`));
