import { allowed } from '../config/exceptions.ts';
import type { Finding } from '../report/finding.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import type { UseProblem } from '../uses/use.ts';
import { allowOn } from './allow.ts';
import type { Answer } from './ask.ts';
import type { Remark } from './remark.ts';
import { immovable, mend, type SourceFile } from './mend.ts';
import { showPin, type Pin } from './pin.ts';

const WHY: Readonly<Record<string, string>> = {
  missing: 'the server has no such object: the run fails, or whoever can make it one day runs',
  'repository-missing': 'the run fails, or runs what somebody puts under that name',
  'off-repository': "a server that keeps forks together gives out their commits under the original's name: anybody can have written it",
  'not-a-commit': 'only a commit can be checked out',
  'tag-object': 'some forges take it for the commit behind it, others do not run at all',
  'ref-missing': 'the run fails',
  'short-sha': 'the run fails, or takes another commit that begins like it',
  'ref-like-sha': 'who reads it takes it for a commit; it is a name that can be moved',
  'comment-mismatch': 'people review the comment; the commit runs',
  'comment-unknown': 'people review the comment; the commit runs',
  unpinned: 'who can move it decides what runs with your secrets',
  'name-lookalike': 'who reads it takes it for somebody else',
};

/** The id of the rule with its room. */
const ruleOf = (id: string): string => `workflow/${id}`;

export interface FindingOptions {
  /** False where an allow on a line does not count, since it came with the change that it is for. */
  readonly allowCounts: (pin: Pin) => boolean;
}

const through = ({ chain, use }: Pin): string => {
  if (chain.length === 0) return '';
  return `through ${chain.map(({ name }) => name).join(' → ')}${use.path === '' ? '' : ` (${use.path}:${use.line})`}: `;
};

/** What is in other people's hands is not an error of this file. */
const severityOf = ({ severity }: Remark, { chain }: Pin): Finding['severity'] => {
  if (chain.length === 0) return severity;
  return severity === 'error' ? 'warning' : 'note';
};

const hintOf = (remark: Remark, pin: Pin, file: SourceFile, isFixed: boolean): { readonly hint?: string } => {
  const by = remark.wanted === undefined || isFixed ? undefined : immovable(pin, file);
  const lines = [remark.hint, by].filter((line) => line !== undefined);
  return lines.length === 0 || pin.chain.length > 0 ? {} : { hint: lines.join('\n') };
};

const extraOf = (id: string, pin: Pin, { verdict, advertised }: Answer): NonNullable<Finding['extra']> => {
  const askedAt = verdict?.askedAt ?? (advertised.kind === 'refs' ? advertised.askedAt : undefined);
  return {
    ...(WHY[id] === undefined ? {} : { why: WHY[id] }),
    repository: pin.place.name,
    ...(pin.use.ref === undefined ? {} : { ref: pin.use.ref }),
    ...(verdict === undefined ? {} : { verdict: verdict.kind }),
    ...(askedAt === undefined ? {} : { asked: askedAt.toISOString() }),
  };
};

/** Makes findings of what is to be said of the pins of a file; equal ones are told apart by their order. */
export const createFindings = (
  file: SourceFile,
  { allowCounts }: FindingOptions,
): ((pin: Pin, answer: Answer, remarks: readonly Remark[]) => readonly Finding[]) => {
  const ordinals = new Map<string, number>();
  return (pin, answer, remarks) =>
    remarks.map((remark): Finding => {
      const at = pin.chain[0]?.use ?? pin.use;
      const rule = ruleOf(remark.id);
      const key = `${through(pin)}${showPin(pin)} ${pin.use.comment?.version ?? ''}`;
      const ordinal = ordinals.get(`${rule}\0${key}`) ?? 0;
      ordinals.set(`${rule}\0${key}`, ordinal + 1);
      const fix = remark.wanted === undefined ? undefined : mend(pin, remark.wanted, file);
      const finding: Finding = {
        rule,
        severity: severityOf(remark, pin),
        message: through(pin) + remark.message,
        ...hintOf(remark, pin, file, fix !== undefined),
        path: file.path,
        line: at.line,
        column: at.column,
        ...(at.verbatim ? { endLine: at.line, endColumn: at.column + at.raw.length } : {}),
        start: at.start,
        end: at.end,
        fingerprint: placeFingerprint(rule, file.path, key, ordinal),
        ...(fix === undefined ? {} : { fix }),
        extra: extraOf(remark.id, pin, answer),
      };
      const allow = allowOn(at, remark.id);
      if (allow === undefined) return finding;
      if (allowCounts(pin)) return withoutFix(allowed(finding, allow));
      const refused = 'what allows it on its line is part of the change and does not count here';
      return { ...finding, hint: finding.hint === undefined ? refused : `${finding.hint}\n${refused}` };
    });
};

const withoutFix = ({ fix: _fix, ...rest }: Finding): Finding => rest;

/** What of a file could not be read as a reference, and so not be proven. */
export const problemFindings = (path: string, problems: readonly UseProblem[]): readonly Finding[] =>
  problems.map(({ line, column, message }, i) => ({
    rule: ruleOf('unreadable'),
    severity: 'error',
    message,
    path,
    line,
    column,
    fingerprint: placeFingerprint(
      ruleOf('unreadable'),
      path,
      message,
      problems.slice(0, i).filter((one) => one.message === message).length,
    ),
    extra: { why: 'what cannot be read cannot be proven' },
  }));
