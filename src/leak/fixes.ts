import type { CheckContext, Target } from '../check.ts';
import { KeiError } from '../errors.ts';
import type { Finding, Fix } from '../report/finding.ts';
import { createLooker, createSubstitutor, type Engine, type Substituted } from './substitute.ts';

const read = async ({ after }: Target, path: string): Promise<Uint8Array | undefined> => {
  try {
    return await after.read(path);
  } catch (error) {
    if (error instanceof KeiError) return undefined; // too large to hold, or gone: it has no fix
    throw error;
  }
};

const fixOf = ({ rule, start = 0, end = 0 }: Finding, { edits }: Substituted): Fix | undefined => {
  const edit = edits.find((one) => one.rule === rule && one.start <= start && end <= one.end);
  if (edit === undefined || edit.nameless === true) return undefined;
  return { title: 'write a stand-in for it', edits: [{ start: edit.start, end: edit.end, text: edit.text }] };
};

/**
 * The findings with what `leak substitute` would write for them. Their content is read again: what was found of it is not kept. Without a key
 * there are no tokens, and so no fixes.
 */
export const withFixes = async (
  findings: readonly Finding[],
  fixable: (finding: Finding) => boolean,
  target: Target,
  engine: Engine,
  context: CheckContext,
): Promise<readonly Finding[]> => {
  const answer = context.key();
  const substitutor = createSubstitutor([createLooker(engine, {}, context)], answer.kind === 'key' ? answer.key : undefined);
  const done = new Map<string, Substituted | undefined>();
  for (const path of new Set(findings.filter(fixable).flatMap((finding) => finding.path ?? []))) {
    const bytes = await read(target, path);
    done.set(path, bytes === undefined ? undefined : substitutor.content(bytes, path));
  }
  return findings.map((finding) => {
    const known = fixable(finding) ? done.get(finding.path ?? '') : undefined;
    const fix = known === undefined ? undefined : fixOf(finding, known);
    return fix === undefined ? finding : { ...finding, fix };
  });
};
