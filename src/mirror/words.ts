import type { Answer } from '../command.ts';
import type { Finding, Report } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import type { Left } from './journal.ts';
import type { Proof } from './proof.ts';

/** A mirror that was made, or was as it should be. */
export interface Made {
  /** As it was typed. */
  readonly out: string;
  readonly branch: string;
  readonly commit: string;
  readonly tags: number;
  readonly history: boolean;
  /** False: there was nothing to add. */
  readonly changed: boolean;
  /** Commits that the mirror did not have before. */
  readonly fresh: number;
  readonly left: Left;
  readonly proof: Proof;
}

const SHOWN = 10;
const LABEL = 10;

const block = (label: string, lines: readonly string[]): string =>
  lines.map((line, at) => `${(at === 0 ? label : '').padEnd(LABEL)}${line}\n`).join('');

const some = (lines: readonly string[]): readonly string[] =>
  lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `… and ${lines.length - SHOWN} more: see --format json`];

const text = ({ out, branch, commit, tags, changed, fresh, left, proof }: Made): string => {
  const place = `${printable(branch)} at ${commit.slice(0, 12)}`;
  const what = changed ? `${count(fresh, 'new commit')}, ${place}${tags === 0 ? '' : `, ${count(tags, 'tag')}`}` : `up to date, ${place}`;
  const lost = [
    ...(left.renamed === 0 ? [] : [`${count(left.renamed, 'name')} changed`]),
    ...(left.signatures === 0 ? [] : [`${count(left.signatures, 'signature')} dropped`]),
  ];
  return [
    `${printable(out)}: ${what}\n`,
    block('replaced', some(left.replaced.map(([rule, n]) => `${n} × ${printable(rule)}`))),
    block(
      'left out',
      some(left.dropped.map(({ path, why, rule }) => `${printable(path)}: ${why}${rule === undefined ? '' : ` [${printable(rule)}]`}`)),
    ),
    block('also', lost),
    block('proven', [
      `nothing found in ${count(proof.files, 'file')}, ${count(proof.messages, 'message')} and ${count(proof.names, 'name')}`,
    ]),
    changed ? block('next', [`git -C ${printable(out)} push REMOTE ${printable(branch)}${tags === 0 ? '' : ' --tags'}`]) : '',
  ].join('');
};

export const madeAnswer = (made: Made): Answer => {
  const { out, branch, commit, tags, history, changed, fresh, left, proof } = made;
  const { failures: _none, ...proven } = proof;
  return {
    kind: 'answer',
    text: text(made),
    value: {
      schema: 'kei-git/mirror/1',
      mirror: out,
      mode: history ? 'history' : 'snapshot',
      branch,
      commit,
      changed,
      commits: fresh,
      tags,
      files: left.files,
      renamed: left.renamed,
      signatures: left.signatures,
      replaced: left.replaced.map(([rule, n]) => ({ rule, count: n })),
      dropped: left.dropped,
      proven,
    },
  };
};

const HINT = 'leave the file out by a rule with path and action = "exclude", or change what is found at its source';

/** Why nothing was written. */
export const refusal = (
  out: string,
  failures: readonly Finding[],
  { files, bytes, messages }: Pick<Proof, 'files' | 'bytes' | 'messages'>,
): Report => ({
  kind: 'report',
  target: { event: 'mirror', kind: 'mirror', description: `${out} was not written` },
  findings: failures.map((finding) => ({ ...finding, hint: `${HINT}; nothing was written` })),
  skipped: [],
  stats: { files, bytes, extra: { messages } },
  failOn: 'warning',
});
