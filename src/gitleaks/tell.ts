import type { CheckContext, Target } from '../check.ts';
import { exitOf } from '../report/exit.ts';
import { reaches, type Finding, type Report, type Severity } from '../report/finding.ts';
import { render } from '../report/format.ts';
import { renderGitleaksCsv, renderGitleaksJson, type Leak } from '../report/gitleaks.ts';
import { count } from '../report/quantity.ts';
import { skippedLines, summaryLine } from '../report/summary.ts';
import { entropy } from '../values/entropy.ts';
import { VERSION } from '../version.ts';
import type { LeakOptions } from '../leak/options.ts';
import { readEvidence, type Evidence } from './evidence.ts';
import { allowed } from '../config/exceptions.ts';
import type { Asked } from './flags.ts';
import type { Baseline } from './baseline.ts';
import { maskText } from '../leak/mask.ts';
import { openRunEngine, type RunEngine } from '../leak/run-engine.ts';
import { plainPath } from '../leak/places.ts';

/** What commits say of themselves, by their names. */
export type CommitTexts = ReadonlyMap<
  string,
  { readonly author: string; readonly email: string; readonly date: string; readonly message: string }
>;

/** A run as gitleaks would tell of it. */
export interface Run {
  readonly asked: Asked;
  readonly target: Pick<Target, 'after' | 'changes'>;
  readonly context: CheckContext;
  readonly options: LeakOptions;
  /** The path of a finding from where the command was started. */
  readonly fileOf: (finding: Finding) => string;
  readonly baseline: { readonly path: string; readonly knows: Baseline } | undefined;
  readonly commitTexts: (oids: readonly string[]) => Promise<CommitTexts>;
}

const counts = (findings: readonly Finding[], failOn: Severity): readonly Finding[] =>
  findings.filter(({ severity }) => reaches(severity, failOn));

/** Words of people, with nothing in them that was found anywhere, or that a rule finds there. */
const masker = ({ scanner }: RunEngine, secrets: readonly string[]): ((text: string) => string) => {
  const long = [...new Set(secrets)].filter((secret) => secret.length >= 4).toSorted((a, b) => b.length - a.length);
  return (text) => {
    const known = long.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
    return known === '' ? '' : maskText(scanner, known, 0);
  };
};

// How letters are spread tells much of a short secret: told where 80 bits stand behind it.
const entropyOf = ({ fingerprint }: Finding, evidence: Evidence | undefined): number =>
  evidence === undefined || !fingerprint.startsWith('kei1:') ? 0 : entropy(evidence.secret);

/** What rule files call their rules' tags, by id. */
const tagsOf = ({ pack }: RunEngine): ((finding: Finding) => readonly string[]) => {
  const { rules } = pack.rules();
  const tags = new Map(rules.map((rule) => [`leak/${rule.id}`, rule.tags]));
  return ({ rule }) => tags.get(rule) ?? [];
};

const leaksOf = async (findings: readonly Finding[], evidence: ReadonlyMap<Finding, Evidence>, run: Run): Promise<readonly Leak[]> => {
  const oids = [...new Set(findings.flatMap(({ commit }) => (commit === undefined ? [] : [commit])))];
  if (findings.length === 0) return [];
  const engine = await openRunEngine(run.options, 'check', run.context);
  const tags = tagsOf(engine);
  const texts: CommitTexts = oids.length === 0 ? new Map() : await run.commitTexts(oids);
  const mask = masker(
    engine,
    [...evidence.values()].map(({ secret }) => secret),
  );
  return findings.map((finding): Leak => {
    const { author = '', email = '', date = '', message = '' } = texts.get(finding.commit ?? '') ?? {};
    return {
      finding,
      file: run.fileOf(finding),
      entropy: entropyOf(finding, evidence.get(finding)),
      author: mask(author),
      email: mask(email),
      date,
      message: mask(message),
      tags: tags(finding),
    };
  });
};

/** What the baseline knows is a note. */
const lowered = (report: Report, evidence: ReadonlyMap<Finding, Evidence>, { baseline, fileOf }: Run): Report =>
  baseline === undefined
    ? report
    : {
        ...report,
        findings: report.findings.map((finding) =>
          finding.rule.startsWith('leak/') && baseline.knows(finding, fileOf(finding), evidence.get(finding))
            ? allowed(finding, `in the baseline ${baseline.path}`)
            : finding,
        ),
      };

const written = async (report: Report, failOn: Severity, leaks: readonly Leak[], { asked }: Run): Promise<string> => {
  const options = { colour: false, columns: 100, version: VERSION, failOn };
  switch (asked.report?.format) {
    case 'csv':
      return renderGitleaksCsv(leaks);
    case 'junit':
    case 'sarif':
      return render(report, asked.report.format, options);
    case 'json':
    case undefined:
      return renderGitleaksJson(leaks);
  }
};

const summary = (report: Report, found: number, { asked }: Run): string => {
  const notes = asked.notes.map((note) => `note: ${note}\n`).join('');
  if (asked.quiet) return notes;
  const verdict = found === 0 ? 'no leaks found' : `leaks found: ${found}`;
  const left = asked.verbose ? [] : skippedLines(report).map(({ text }) => `${text}\n`);
  return `${notes}${asked.verbose ? '' : `${summaryLine(report)}\n`}${left.join('')}${verdict}\n`;
};

/** What is printed, and what the exit code is. */
export interface Told {
  readonly text: string;
  readonly note: string;
  readonly file?: { readonly path: string; readonly text: string };
  readonly exitCode: number;
}

const DEVICES: Readonly<Record<string, 'out' | 'err' | 'nowhere'>> = {
  '-': 'out',
  '/dev/stdout': 'out',
  '/dev/fd/1': 'out',
  '/dev/stderr': 'err',
  '/dev/fd/2': 'err',
  '/dev/null': 'nowhere',
};

/** Tells of a report as gitleaks does. @throws {KeiError} when what was found cannot be read again */
export const tell = async (report: Report, run: Run): Promise<Told> => {
  const { asked, target, context, baseline } = run;
  const failOn = report.failOn ?? 'error';
  const needsText = asked.report !== undefined || baseline !== undefined;
  const evidence = needsText ? await readEvidence(target, counts(report.findings, failOn), context.signal) : new Map<Finding, Evidence>();
  const judged = lowered(report, evidence, run);
  const found = counts(judged.findings, failOn);
  const leaks = asked.report === undefined ? [] : await leaksOf(found, evidence, run);
  const file = asked.report === undefined ? '' : await written(judged, failOn, leaks, run);
  const to = asked.report === undefined ? 'nowhere' : DEVICES[asked.report.path];
  const verbose = asked.verbose ? await render(judged, 'text', { colour: false, columns: context.stdout.columns, version: VERSION }) : '';
  const code = exitOf(judged, failOn, context.ci);
  return {
    text: to === 'out' ? file : verbose,
    note: `${to === 'out' ? verbose : ''}${to === 'err' ? file : ''}${summary(judged, found.length, run)}`,
    ...(to === undefined && asked.report !== undefined ? { file: { path: asked.report.path, text: file } } : {}),
    exitCode: code === 1 ? asked.exitCode : code,
  };
};

/** Where findings lie, as gitleaks names it: below the folder that was named. @param above what stands before a path, with its last `/` */
export const placedBelow =
  (above: string) =>
  ({ path }: Finding): string =>
    path === undefined ? '' : above + plainPath(path);

/** The end of a run that took too long. */
export const tookTooLong = (seconds: number): string => `not done within ${count(seconds, 'second')} (--timeout)`;
