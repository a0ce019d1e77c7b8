import { nearest } from '../nearest.ts';
import { aliasesOf } from './aliases.ts';
import { quoted } from '../report/quoted.ts';

/** What an id in a rule file stands for. */
export interface Resolved {
  readonly ids: readonly string[];
  /** It is gitleaks' name of something for which there is no rule of ours. */
  readonly unmapped: boolean;
  readonly hint?: string;
}

/**
 * Rules by an id or by gitleaks' name for them.
 * @param both gitleaks' meaning counts even where we have a rule of that very id
 */
export const resolveName = (id: string, known: ReadonlySet<string>, both: boolean): Resolved => {
  const own = known.has(id) ? [id] : [];
  const aliases = own.length > 0 && !both ? undefined : aliasesOf(id);
  const ids = [...new Set([...own, ...(aliases ?? []).filter((alias) => known.has(alias))])];
  if (ids.length > 0) return { ids, unmapped: false };
  const near = nearest(id, [...known]);
  return { ids, unmapped: aliases !== undefined, ...(near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` }) };
};
