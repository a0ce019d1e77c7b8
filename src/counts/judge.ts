import { placeFingerprint } from '../report/fingerprint.ts';
import type { Edit, Finding, Severity } from '../report/finding.ts';
import { quoted } from '../report/quoted.ts';
import { written } from './badge.ts';
import { writeCount, type CountSet } from './counted.ts';
import { readFormat } from './format.ts';
import type { Marker, ReadMarkers } from './marker.ts';

/** A number that is another one now. */
export interface Change {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly before: string;
  readonly after: string;
  /** Goes on from the number: `24 = files that match docs/*.md`. */
  readonly derivation: string;
  readonly edits: readonly Edit[];
}

export interface Judgement {
  /** `counts/broken` and `counts/stale`, in order of the file. */
  readonly findings: readonly Finding[];
  /** What makes the stale ones true. */
  readonly changes: readonly Change[];
}

type Verdict =
  | { readonly kind: 'broken'; readonly message: string; readonly hint?: string }
  | { readonly kind: 'untold' }
  | { readonly kind: 'stale'; readonly change: Change }
  | { readonly kind: 'true' };

/** One word or number: what may give way to another one. */
const isOneWord = (text: string): boolean => /^[^\s<>]*$/.test(text) || /^[\d\s.,'’%+-]*$/.test(text);
const isWords = (text: string): boolean => /^[\p{L}\s-]{0,200}$/u.test(text);

/** True where a new number may stand in the place of what stands there. */
const mayGo = (text: string, after: string): boolean =>
  isOneWord(text) || (isWords(text) && /^[\p{L}\s-]+$/u.test(after)) || /[^\d\s.,'’%+-]/.test(after);

const verdictOf = (marker: Marker, set: CountSet): Verdict => {
  const { name, attributes, slots, line, column } = marker;
  const choice = readFormat(attributes);
  if ('reason' in choice) return { kind: 'broken', message: `count:${name}: ${choice.reason}`, ...hintOf(choice.hint) };
  const count = writeCount(name, choice, set);
  if (count.kind === 'untold') return count;
  if (count.kind === 'broken') return { kind: 'broken', message: count.reason, ...hintOf(count.hint) };
  const { text: after, derivation } = count;
  const stale = slots.filter(({ text }) => text !== after);
  const [first] = stale;
  if (first === undefined) return { kind: 'true' };
  if (/[\p{Cc}<>]/u.test(after)) return { kind: 'broken', message: `count:${name}: the value cannot stand in a marker: ${quoted(after)}` };
  const extra = stale.find(({ text }) => !mayGo(text, after));
  if (extra !== undefined)
    return {
      kind: 'broken',
      message: `count:${name} holds more than a number: ${quoted(extra.text)}`,
      hint: `put what is not the number behind /count:${name}`,
    };
  const edits = stale.map(({ start, end, form }): Edit => ({ start, end, text: written(after, form) }));
  return { kind: 'stale', change: { name, line, column, before: first.text, after, derivation, edits } };
};

const hintOf = (hint: string | undefined): { readonly hint?: string } => (hint === undefined ? {} : { hint });

/** Findings of a file, numbered so that equal ones differ. */
const findingMaker = (path: string): ((finding: Omit<Finding, 'path' | 'fingerprint'>, key: string) => Finding) => {
  const seen = new Map<string, number>();
  return (finding, key) => {
    const ordinal = seen.get(`${finding.rule} ${key}`) ?? 0;
    seen.set(`${finding.rule} ${key}`, ordinal + 1);
    return { ...finding, path, fingerprint: placeFingerprint(finding.rule, path, key, ordinal) };
  };
};

const STALE_HINT = 'kei-git counts';

/** Judges the markers of a file by what the counters say. @param severity of a number that is another one now; what is broken is an error */
export const judgeMarkers = (path: string, { markers, problems }: ReadMarkers, set: CountSet, severity: Severity = 'error'): Judgement => {
  const make = findingMaker(path);
  const findings: Finding[] = [];
  const changes: Change[] = [];
  const broken = (place: Pick<Finding, 'line' | 'column' | 'start' | 'end'>, message: string, hint: string | undefined): void => {
    findings.push(make({ rule: 'counts/broken', severity: 'error', ...place, message, ...hintOf(hint) }, message));
  };
  for (const { line, column, start, end, message, hint } of problems) broken({ line, column, start, end }, message, hint);
  for (const marker of markers) {
    const { name, line, column, slots } = marker;
    const place = { line, column, start: slots[0]?.start ?? 0, end: slots[0]?.end ?? 0 };
    const verdict = verdictOf(marker, set);
    if (verdict.kind === 'broken') broken(place, verdict.message, verdict.hint);
    else if (verdict.kind === 'stale') {
      const { change } = verdict;
      const { before, after, derivation } = change;
      changes.push(change);
      const message = `${name} is ${after}, not ${before === '' ? 'nothing' : quoted(before).slice(1, -1)}`;
      const fix = { title: `${name} is ${after}`, edits: change.edits };
      const extra = { counter: name, why: `${after} = ${derivation}` };
      findings.push(make({ rule: 'counts/stale', severity, ...place, message, hint: STALE_HINT, fix, extra }, name));
    }
  }
  return { findings, changes };
};
