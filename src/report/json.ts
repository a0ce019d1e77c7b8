import { compareFindings, compareSkipped, type Finding, type Report, type Skipped } from './finding.ts';
import { printableJson } from './printable.ts';

export const REPORT_SCHEMA = 'kei-git/report/1';

/** Keys in the order they are written; the strict reader in merge.ts knows the same ones. */
export const FINDING_KEYS = [
  'rule',
  'severity',
  'message',
  'hint',
  'path',
  'commit',
  'line',
  'column',
  'endLine',
  'endColumn',
  'start',
  'end',
  'fingerprint',
  'fix',
  'extra',
] as const satisfies readonly (keyof Finding)[];

export interface Tool {
  readonly name: string;
  readonly version: string;
}

const sortedKeys = <V>(record: Readonly<Record<string, V>>): Record<string, V> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

const findingJson = (finding: Finding): string => {
  const { fix, extra } = finding;
  const ordered: Record<string, unknown> = {};
  for (const key of FINDING_KEYS) ordered[key] = finding[key];
  if (fix !== undefined) {
    ordered['fix'] = { title: fix.title, edits: fix.edits.map(({ start, end, text }) => ({ start, end, text })) };
  }
  if (extra !== undefined) ordered['extra'] = sortedKeys(extra);
  return printableJson(JSON.stringify(ordered));
};

const skippedJson = ({ path, reason, kind }: Skipped): string => printableJson(JSON.stringify({ path, reason, kind }));

const array = (items: readonly string[]): string => (items.length === 0 ? '[]' : `[\n    ${items.join(',\n    ')}\n  ]`);

/** The report as data: one finding to a line, sorted, keys always in the same order. */
export const renderJson = (report: Report, tool: Tool): string => {
  const { target, stats } = report;
  const members: readonly (readonly [string, string])[] = [
    ['schema', JSON.stringify(REPORT_SCHEMA)],
    ['tool', JSON.stringify({ name: tool.name, version: tool.version })],
    ['target', printableJson(JSON.stringify({ event: target.event, kind: target.kind, description: target.description }))],
    ['findings', array(report.findings.toSorted(compareFindings).map(findingJson))],
    ['skipped', array(report.skipped.toSorted(compareSkipped).map(skippedJson))],
    [
      'stats',
      JSON.stringify({
        files: stats.files,
        bytes: stats.bytes,
        elapsedMs: stats.elapsedMs,
        extra: stats.extra && sortedKeys(stats.extra),
      }),
    ],
  ];
  return `{\n${members.map(([key, value]) => `  ${JSON.stringify(key)}: ${value}`).join(',\n')}\n}\n`;
};
