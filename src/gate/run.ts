import type { CheckContext, Outcome, Target } from '../check.ts';
import type { Config } from '../config/schema.ts';
import { compareFindings, compareSkipped, type Finding, type Report, type Severity, type Skipped, type Stats } from '../report/finding.ts';
import type { Opened } from './open.ts';
import { CHECKS, type FileScope } from './table.ts';
import { lookUnder, mildest } from './views.ts';

/** @param begun of `Date.now()` */
const statsOf = ({ files, bytes, messages = 0, members = 0, pins = 0 }: Outcome, begun: number): Stats => {
  const extra = Object.fromEntries(Object.entries({ members, messages, pins }).filter(([, n]) => n > 0));
  return {
    files,
    bytes,
    elapsedMs: Math.max(0, Date.now() - begun), // `performance` would load ten modules
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
};

/** True where a check with such files has something to look at. */
const concerns = async ({ changes, after }: Target, { pattern, below }: FileScope): Promise<boolean> => {
  if (changes !== undefined) return changes.some(({ path, status }) => status !== 'deleted' && pattern.test(path));
  for (const folder of below) {
    const entries = (await after.listBelow?.(folder)) ?? (await after.list()).filter(({ path }) => path.startsWith(folder));
    if (entries.some(({ path }) => pattern.test(path))) return true;
  }
  return false;
};

/** The table of checks on a target, those left out that the settings skip or `without` names. */
const runTable = async (target: Target, context: CheckContext, without?: ReadonlySet<string>): Promise<Outcome> => {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  let files = 0;
  let bytes = 0;
  let messages = 0;
  let members = 0;
  let pins = 0;
  let strict = false;
  for (const [id, entry] of CHECKS) {
    if (context.policy.config.check.skip.includes(id) || without?.has(id) === true) continue;
    if (entry.when?.(context.policy.config) === false) continue;
    if (entry.files !== undefined && !(await concerns(target, entry.files))) continue;
    const { check } = await entry.load();
    if (!check.applies(target)) continue;
    const outcome = await check.run(target, context);
    findings.push(...outcome.findings);
    skipped.push(...outcome.skipped);
    files = Math.max(files, outcome.files);
    bytes = Math.max(bytes, outcome.bytes);
    messages = Math.max(messages, outcome.messages ?? 0);
    members = Math.max(members, outcome.members ?? 0);
    pins += outcome.pins ?? 0;
    strict ||= outcome.strict === true;
  }
  return { findings, skipped, files, bytes, messages, members, pins, strict };
};

/** What a command looks for with what was opened. */
export interface Look {
  readonly failOn: (config: Config) => Severity;
  /** Default: the table of checks. */
  readonly look?: (context: CheckContext) => Promise<Outcome>;
  /** Ids of checks of the table that the person leaves out this once. */
  readonly without?: ReadonlySet<string>;
}

/** Looks at what was opened, and reports. */
export const runGate = async (opened: Opened, { failOn, look, without }: Look): Promise<Report> => {
  const outcome = await lookUnder(opened, look ?? ((context) => runTable(opened.target, context, without)));
  return {
    kind: 'report',
    target: opened.summary,
    findings: outcome.findings.toSorted(compareFindings),
    skipped: [...opened.told, ...outcome.skipped].toSorted(compareSkipped),
    stats: statsOf(outcome, opened.begun),
    failOn: mildest(opened, ({ config }) => failOn(config)),
    ...(outcome.strict === true ? { strict: true } : {}),
    ...(outcome.overview === undefined || outcome.overview.length === 0 ? {} : { overview: outcome.overview }),
  };
};
