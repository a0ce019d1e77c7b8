import type { CheckContext, Target } from '../check.ts';
import { scanTarget } from '../leak/check.ts';
import type { LeakOptions } from '../leak/options.ts';
import type { Guard } from './guard.ts';
import { reaches, type Finding } from '../report/finding.ts';
import { shownPath, unprovenFinding } from './journal.ts';

/** A text that names something in a repository. */
export interface NamedText {
  readonly kind: 'path' | 'identity' | 'ref';
  readonly text: string;
  /** The commit or tag whose it is. */
  readonly oid?: string;
}

export interface Proof {
  /** What must not be there; none: it is proven. */
  readonly failures: readonly Finding[];
  readonly files: number;
  readonly messages: number;
  readonly names: number;
  readonly bytes: number;
}

/** Where a name stands: a path and a ref have no place within themselves, and are shown without what was found in them. */
const placed = (finding: Finding, { kind, text, oid }: NamedText, { mask }: Guard): Finding => {
  const {
    commit: _label,
    line: _line,
    column: _column,
    endLine: _endLine,
    endColumn: _endColumn,
    start: _start,
    end: _end,
    ...rest
  } = finding;
  if (kind === 'identity') return { ...rest, ...(oid === undefined ? {} : { commit: oid }), extra: { ...rest.extra, place: 'identity' } };
  return { ...rest, path: shownPath(text, mask), extra: { ...rest.extra, place: kind } };
};

/**
 * Looks at all of a mirror: contents, messages, paths, people, refs; with the rules that it was made by, without any memory.
 * @param target its whole history
 */
export const prove = async (
  target: Target,
  names: readonly NamedText[],
  guard: Guard,
  options: LeakOptions,
  context: CheckContext,
): Promise<Proof> => {
  const content = await scanTarget(target, { ...options, useCache: false }, { ...context, clone: undefined });
  const named = names.flatMap((name) => guard.findings(Buffer.from(name.text)).map((finding) => placed(finding, name, guard)));
  return {
    failures: [
      ...[...content.findings, ...named].filter(({ severity }) => reaches(severity, 'warning')),
      ...content.skipped.map(({ path, reason }) => unprovenFinding(path, reason)),
    ],
    files: content.files,
    messages: content.messages ?? 0,
    names: names.length,
    bytes: content.bytes,
  };
};
