import type { CheckContext, Outcome } from '../check.ts';
import { ConfigError } from '../errors.ts';
import { reaches, SEVERITIES, type Finding, type Severity, type Skipped } from '../report/finding.ts';
import type { Opened, View } from './open.ts';

const keyOf = ({ rule, commit, path, start, line, fingerprint }: Finding): string =>
  JSON.stringify([rule, commit, path, start, line, fingerprint]);

const overlap = (a: Finding, b: Finding): boolean =>
  a.start !== undefined && a.end !== undefined && b.start !== undefined && b.end !== undefined && a.start < b.end && b.start < a.end;

const fileOf = ({ commit, path }: Finding): string => JSON.stringify([commit, path]);

/** Each finding once, as the stricter policy says it. Of one place the last policy speaks: what stood before the change. */
const united = (byView: readonly (readonly Finding[])[]): readonly Finding[] => {
  const [only, ...more] = byView;
  if (only !== undefined && more.length === 0) return only;
  const kept = new Map<string, Finding>();
  const byFile = new Map<string, Finding[]>();
  for (const findings of byView.toReversed()) {
    const fresh: Finding[] = [];
    for (const finding of findings) {
      const before = kept.get(keyOf(finding));
      const others = byFile.get(fileOf(finding)) ?? [];
      if (before === undefined && others.some((other) => overlap(other, finding) && reaches(other.severity, finding.severity))) continue;
      if (before === undefined || !reaches(before.severity, finding.severity)) kept.set(keyOf(finding), finding);
      fresh.push(finding);
    }
    for (const finding of fresh) byFile.set(fileOf(finding), [...(byFile.get(fileOf(finding)) ?? []), finding]);
  }
  return [...kept.values()];
};

/** What one policy leaves out is looked at when another does not. */
const leftOut = (outcomes: readonly Outcome[]): readonly Skipped[] => {
  const [first, ...others] = outcomes.map(({ skipped }) => skipped);
  const everywhere = ({ path }: Skipped): boolean => others.every((skipped) => skipped.some((other) => other.path === path));
  const failed = others.flatMap((skipped) => skipped.filter(({ kind }) => kind === 'failed'));
  const known = (first ?? []).filter((one) => one.kind === 'failed' || everywhere(one));
  return [...known, ...failed.filter((one) => !known.some(({ path, reason }) => path === one.path && reason === one.reason))];
};

const lookThrough = async (view: View, look: (view: View) => Promise<Outcome>): Promise<Outcome> => {
  try {
    const outcome = await look(view);
    return { ...outcome, findings: [...view.notices, ...outcome.findings] };
  } catch (error) {
    if (!(error instanceof ConfigError) || view.otherwise === undefined) throw error;
    return lookThrough(view.otherwise, look);
  }
};

/** Looks once under each policy that holds, and says what any of them finds. */
export const lookUnder = async ({ views, changed }: Opened, look: (context: CheckContext) => Promise<Outcome>): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  for (const view of views) outcomes.push(await lookThrough(view, ({ context }) => look(context)));
  const most = (of: (outcome: Outcome) => number | undefined): number => Math.max(...outcomes.map((outcome) => of(outcome) ?? 0));
  return {
    findings: [...changed, ...united(outcomes.map(({ findings }) => findings))],
    skipped: leftOut(outcomes),
    files: most(({ files }) => files),
    bytes: most(({ bytes }) => bytes),
    messages: most(({ messages }) => messages),
    members: most(({ members }) => members),
    pins: most(({ pins }) => pins),
    overview: outcomes.at(-1)?.overview ?? [],
    strict: outcomes.some(({ strict }) => strict === true),
  };
};

/** The mildest finding that fails under one of the policies. */
export const mildest = ({ views }: Opened, of: (policy: View['policy']) => Severity): Severity =>
  SEVERITIES.find((severity) => views.some(({ policy }) => of(policy) === severity)) ?? 'error';
