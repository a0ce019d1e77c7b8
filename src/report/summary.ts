import { compareSkipped, SEVERITIES, type Finding, type Report, type Severity, type Stats, type TargetSummary } from './finding.ts';
import { printable } from './printable.ts';
import { count, humanBytes, humanTime } from './quantity.ts';
import { groupSkipped, type SkippedGroup } from './skipped.ts';

const NAMED = 3;
const GROUPS = 10;

/** How many of each severity, worst first; severities without a finding are left out. */
const bySeverity = (findings: readonly Finding[]): readonly (readonly [Severity, number])[] =>
  SEVERITIES.toReversed()
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, n]) => n > 0);

/** `2 errors, 1 note`. */
export const severityWords = (findings: readonly Finding[]): string =>
  bySeverity(findings)
    .map(([severity, n]) => count(n, severity))
    .join(', ');

/** What a run may have counted beside files, in the order it is told. */
const COUNTED = ['rule', 'test', 'pin', 'member', 'message'] as const;

/** `3 files and 1 message`; undefined when there was nothing. */
const looked = ({ files, extra = {} }: Stats): string | undefined => {
  const counted = COUNTED.flatMap((one): (readonly [string, number])[] => {
    const n = extra[`${one}s`];
    return n === undefined ? [] : [[one, n]];
  });
  if (files === 0 && counted.every(([, n]) => n === 0)) return undefined;
  const parts = [...(files > 0 ? [count(files, 'file')] : []), ...counted.map(([one, n]) => count(n, one))];
  const last = parts.pop();
  return last === undefined || parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
};

/** Rule files are judged as a whole: nobody asks for their bytes. */
const effort = ({ kind }: TargetSummary, { bytes, elapsedMs }: Stats): string => {
  const parts = [...(kind === 'rules' ? [] : [humanBytes(bytes)]), ...(elapsedMs === undefined ? [] : [humanTime(elapsedMs)])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

/** Where a finding in an archive stands, for formats whose places are of files: `in a.zip!/b, line 3`. */
export const memberPlace = ({ path = '', line }: Finding): string => `in ${printable(path)}${line === undefined ? '' : `, line ${line}`}`;

const NOTHING: Readonly<Record<string, string>> = { rules: 'no errors and no warnings' };

/** One line: what was found in how much, and how long it took. */
export const summaryLine = ({ findings, skipped, stats, target }: Report): string => {
  const what = looked(stats);
  const found = findings.length === 0 ? (NOTHING[target.kind] ?? 'nothing found') : severityWords(findings);
  if (what !== undefined || findings.length > 0) return `${found} in ${what ?? count(0, 'file')}${effort(target, stats)}`;
  return `${skipped.length > 0 ? 'nothing could be looked at' : 'nothing to look at'}: ${printable(target.description)}`;
};

const groupLine = ({ kind, reason, count: n, paths }: SkippedGroup): string => {
  const what = kind === 'failed' ? 'not looked at' : 'skipped';
  if (paths.length === 0) return n === 1 ? `${what}: ${printable(reason)}` : `${what}: ${printable(reason)} (${n} times)`;
  const names = paths.slice(0, NAMED).map(printable).join(', ');
  return `${count(n, 'file')} ${what}: ${printable(reason)} (${names}${paths.length > NAMED ? ', …' : ''})`;
};

/** One line for each reason: `3 files skipped: larger than 50 MB (a.bin, b.bin, c.bin)`. What failed comes first. */
export const skippedLines = ({ skipped }: Report): readonly { readonly kind: SkippedGroup['kind']; readonly text: string }[] => {
  const groups = groupSkipped(skipped.toSorted(compareSkipped));
  const lines = groups.slice(0, GROUPS).map((group) => ({ kind: group.kind, text: groupLine(group) }));
  const left = groups.slice(GROUPS);
  if (left.length === 0) return lines;
  const more = left.reduce((sum, group) => sum + group.count, 0);
  const kind = left.some((group) => group.kind === 'failed') ? 'failed' : 'policy';
  return [...lines, { kind, text: `${more} more left out for ${count(left.length, 'other reason')}: see --format json` }];
};
