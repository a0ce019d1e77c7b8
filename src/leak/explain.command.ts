import { choice, defineCommand, one, type Answer, type Context } from '../command.ts';
import type { Policy } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { lookUnder } from '../gate/views.ts';
import { directorySnapshot } from '../git/directory.ts';
import { doors as gateDoors } from '../git/doors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import type { Finding } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { readIfThere } from '../sys/files.ts';
import { packageFolder } from '../sys/package-folder.ts';
import { scanTarget } from './check.ts';
import { explainFinding, explainRule } from './explain.ts';
import { settledOptions } from './gate.ts';
import { openRules, type OpenedRules } from './open-rules.ts';
import { throwFirst } from '../report/problem.ts';
import { quoted } from '../report/quoted.ts';
import { resolveName } from '../rules/rule-names.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere, packageFolder };
const FINGERPRINT = /^kei1c?:[a-z2-7]{26}$/;

interface Found {
  readonly finding: Finding;
  readonly policy: Policy;
}

/** What is staged, or the worktree; then all of the worktree. */
const search = async (fingerprint: string, inRepository: boolean, context: Context): Promise<Found | undefined> => {
  for (const asked of [{ paths: [] }, ...(inRepository ? [{ paths: [], all: true }] : [])]) {
    const opened = await openGate(asked, 'check', {}, context, gateDoors);
    try {
      const { findings } = await lookUnder(opened, (inside) => scanTarget(opened.target, settledOptions(inside), inside));
      const finding = findings.find((one) => one.fingerprint === fingerprint);
      if (finding !== undefined) return { finding, policy: opened.views[0].policy };
    } finally {
      await opened.close();
    }
  }
  return undefined;
};

const rulesOf = (name: string, { combined, builtin, broken }: OpenedRules): OpenedRules['combined']['set']['rules'] => {
  throwFirst([...broken, ...combined.problems]);
  const id = name.replace(/^leak\//, '');
  const all = [...combined.set.rules, ...builtin.set.rules.filter((rule) => !combined.set.rules.some((other) => other.id === rule.id))];
  const { ids, unmapped, hint } = resolveName(id, new Set(all.map((rule) => rule.id)), false);
  if (unmapped) throw new UsageError(`${quoted(id)} is a rule of gitleaks for which there is none here`);
  if (ids.length === 0) throw new UsageError(`no rule ${quoted(id)}`, { hint: hint ?? 'kei-git leak list shows them all' });
  return ids.flatMap((known) => all.find((rule) => rule.id === known) ?? []);
};

export const command = defineCommand({
  args: { what: one('fingerprint of a finding, or id of a rule') },
  options: { format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }) },
  details:
    'Says what a rule looks for and why, where its format is described, what to do about a finding, and how to let one stay. A fingerprint is searched for in what is staged and in the worktree.',
  examples: [
    { command: 'kei-git leak explain github-pat-classic', does: 'says what that rule is about' },
    { command: 'kei-git leak explain kei1:…', does: 'says where the finding stands, and whether it is ignored' },
  ],
  run: async ({ args }, context): Promise<Answer> => {
    if (args.what.startsWith('kei1') && !FINGERPRINT.test(args.what))
      throw new UsageError('leak explain: that is no fingerprint', { hint: 'reports show it: kei1: or kei1c: and 26 letters and digits' });
    const opened = await openRules(context, DOORS, { files: [], useBuiltin: true });
    if (!FINGERPRINT.test(args.what)) {
      const parts = rulesOf(args.what, opened).map((rule) => explainRule(rule, opened.policy.config.leak.categories));
      return { kind: 'answer', text: parts.map(({ text }) => text).join('\n'), value: { rules: parts.map(({ value }) => value) } };
    }
    const found = await search(args.what, (await findRepository(here(context))) !== undefined, context);
    if (found === undefined)
      throw new UsageError(`${printable(args.what)} is not found in what is staged or in the worktree`, {
        hint: 'it may be in the history: kei-git leak scan --history',
      });
    const rule = opened.combined.set.rules.find(({ id }) => `leak/${id}` === found.finding.rule);
    const entry = found.policy.ignores.find(({ fingerprint }) => fingerprint === args.what);
    return { kind: 'answer', ...explainFinding(found.finding, rule, entry) };
  },
});
