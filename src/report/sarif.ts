import { advice, archiveOf, compareFindings, compareSkipped, type Finding, type Report, type Skipped } from './finding.ts';
import type { Tool } from './json.ts';
import { printable, printableJson } from './printable.ts';
import { memberPlace } from './summary.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT = '%SRCROOT%';

/** A report's path as a relative URI: `%XX` and `%25` in it are already what a URI wants; all else is encoded byte by byte. */
export const pathUri = (path: string): string => {
  if (/^[A-Za-z0-9\-._~/]*$/.test(path)) return path;
  let out = '';
  for (const part of path.split(/(%[0-9A-Fa-f]{2})/)) {
    if (/^%[0-9A-Fa-f]{2}$/.test(part)) {
      out += part;
      continue;
    }
    // A colon in the first segment would read as a scheme. Buffer, because encodeURIComponent throws on a lone surrogate.
    for (const byte of Buffer.from(part)) {
      const character = String.fromCharCode(byte);
      out += /[A-Za-z0-9\-._~/!$&'()*+;=@]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    }
  }
  return out;
};

const artifact = (path: string) => ({ uri: pathUri(path), uriBaseId: ROOT });

const region = ({ line, column, endLine, endColumn, start, end }: Finding) => {
  if (line !== undefined) return { startLine: line, startColumn: column, endLine, endColumn };
  return start === undefined ? undefined : { byteOffset: start, byteLength: end === undefined ? undefined : end - start };
};

const locations = (finding: Finding, report: Report) => {
  const archive = archiveOf(finding);
  // Viewers open the file that there is; a line of a member is none of it.
  if (archive !== undefined && finding.path !== undefined)
    return [
      {
        physicalLocation: { artifactLocation: artifact(archive) },
        logicalLocations: [{ fullyQualifiedName: printable(finding.path), kind: 'resource' }],
      },
    ];
  if (finding.path !== undefined) return [{ physicalLocation: { artifactLocation: artifact(finding.path), region: region(finding) } }];
  const name = finding.commit === undefined ? printable(report.target.description) : `commit ${printable(finding.commit)}`;
  return [{ logicalLocations: [{ name, kind: 'resource' }] }];
};

const fixes = ({ fix, path }: Finding) => {
  if (fix === undefined || path === undefined || fix.edits.length === 0) return undefined;
  const replacements = fix.edits.map(({ start, end, text }) => ({
    deletedRegion: { byteOffset: start, byteLength: end - start },
    insertedContent: { text },
  }));
  return [{ description: { text: printable(fix.title) }, artifactChanges: [{ artifactLocation: artifact(path), replacements }] }];
};

const result = (finding: Finding, ruleIndex: number, report: Report) => ({
  ruleId: finding.rule,
  ruleIndex,
  level: finding.severity,
  message: {
    text: [finding.message, ...(archiveOf(finding) === undefined ? [] : [memberPlace(finding)]), ...advice(finding)]
      .map(printable)
      .join('\n'),
  },
  locations: locations(finding, report),
  partialFingerprints: { 'keiFingerprint/v1': finding.fingerprint },
  fixes: fixes(finding),
  properties: finding.commit === undefined && finding.extra === undefined ? undefined : { ...finding.extra, commit: finding.commit },
});

const rule = (id: string) => {
  const [room = '', ...rest] = id.split('/');
  const how = room === 'leak' ? `kei-git leak explain ${id}` : `kei-git help ${room}`;
  return {
    id,
    shortDescription: { text: `${room}: ${rest.join('/').replaceAll('-', ' ') || room}` },
    help: { text: `A finding of kei-git's ${room} guard. "${how}" says more.` },
  };
};

const notification = ({ path, reason, kind }: Skipped) => ({
  level: kind === 'failed' ? 'error' : 'note',
  message: { text: `not looked at: ${printable(reason)}` },
  locations: path === undefined ? undefined : [{ physicalLocation: { artifactLocation: artifact(path) } }],
});

const array = (items: readonly string[]): string => (items.length === 0 ? '[]' : `[\n      ${items.join(',\n      ')}\n    ]`);
const encode = (value: unknown): string => printableJson(JSON.stringify(value));

/** SARIF 2.1.0, one run; a result to a line. */
export const renderSarif = (report: Report, tool: Tool): string => {
  const findings = report.findings.toSorted(compareFindings);
  const indexes = new Map([...new Set(findings.map((finding) => finding.rule))].sort().map((id, i) => [id, i] as const));
  const driver = { name: tool.name, version: tool.version, rules: [...indexes.keys()].map(rule) };
  const invocation = {
    executionSuccessful: report.skipped.every(({ kind }) => kind !== 'failed'),
    toolExecutionNotifications: report.skipped.toSorted(compareSkipped).map(notification),
  };
  const members: readonly (readonly [string, string])[] = [
    ['tool', encode({ driver })],
    ['columnKind', encode('utf16CodeUnits')],
    ['originalUriBaseIds', encode({ [ROOT]: { description: { text: 'the root of the repository, or the directory that was scanned' } } })],
    ['invocations', encode([invocation])],
    ['results', array(findings.map((finding) => encode(result(finding, indexes.get(finding.rule) ?? -1, report))))],
  ];
  const run = `{\n${members.map(([key, value]) => `    ${JSON.stringify(key)}: ${value}`).join(',\n')}\n  }`;
  return `{\n  "$schema": ${JSON.stringify(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [${run}]\n}\n`;
};
