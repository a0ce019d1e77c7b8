import { compareSkipped, SEVERITIES, type Finding, type Report, type Severity, type Stats } from './finding.ts';
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
const COUNTED = ['message'] as const;

/** `3 files and 1 message`; undefined when there was nothing. */
const looked = ({ files, extra = {} }: Stats): string | undefined => {
  const parts = COUNTED.flatMap((one) => (extra[`${one}s`] === undefined ? [] : [count(extra[`${one}s`] ?? 0, one)]));
  if (files > 0) parts.unshift(count(files, 'file'));
  const last = parts.pop();
  return last === undefined || parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
};

/** One line: what was found in how much, and how long it took. */
export const summaryLine = ({ findings, skipped, stats, target }: Report): string => {
  const size = [humanBytes(stats.bytes), ...(stats.elapsedMs === undefined ? [] : [humanTime(stats.elapsedMs)])].join(', ');
  const what = looked(stats);
  if (findings.length > 0) return `${severityWords(findings)} in ${what ?? count(0, 'file')} (${size})`;
  if (what !== undefined) return `nothing found in ${what} (${size})`;
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
