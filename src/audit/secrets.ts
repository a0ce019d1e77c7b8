import { everyPart, type Expression } from '../contexts/tree.ts';
import { pathOf } from '../contexts/infer.ts';
import { asText, at, entriesOf, hasExpression } from '../lint/nodes.ts';
import { BOTH, WORKFLOW, type Report, type Rule } from '../lint/rule.ts';
import type { TreeNode } from '../lint/tree.ts';
import { expressionsIn, spanIn } from './analysis.ts';

const isSecrets = ({ kind, ...tree }: Expression): boolean => kind === 'context' && 'name' in tree && tree.name === 'secrets';

/** What of an expression takes more than one secret, or one apart. */
function misuse(part: Expression): { readonly message: string; readonly hint: string; readonly isNote?: boolean } | undefined {
  if (part.kind === 'call' && part.name === 'tojson' && part.args.some(isSecrets))
    return { message: 'all secrets of the repository are written into one text', hint: 'name the secrets that are needed' };
  if (part.kind === 'call' && part.name === 'fromjson' && part.args.some((arg) => pathOf(arg).startsWith('secrets.')))
    return { message: 'parts of a secret are not masked in the log', hint: 'keep each part as a secret of its own' };
  if (part.kind === 'every' && isSecrets(part.of))
    return { message: 'all secrets of the repository are in reach', hint: 'name the secrets that are needed' };
  if (part.kind === 'index' && isSecrets(part.of) && part.index.kind !== 'literal')
    return {
      message: 'a secret whose name is only known when it runs: every secret is handed to the runner',
      hint: 'name the secret',
      isNote: true,
    };
  return undefined;
}

export const secretsUnredacted: Rule = {
  id: 'secrets-exposed',
  severity: 'warning',
  summary: 'secrets are taken as a whole, or apart, so that they are not masked or not counted',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const { expressions } of expressionsIn(workflow))
      for (const placed of expressions) {
        if (placed.parsed.kind !== 'tree') continue;
        for (const part of everyPart(placed.parsed.tree)) {
          const found = misuse(part);
          if (found === undefined) continue;
          report(spanIn(workflow, placed, part), found.message, {
            hint: found.hint,
            ...(found.isNote === true ? { severity: 'note' } : {}),
          });
        }
      }
  },
};

export const secretsInherit: Rule = {
  id: 'secrets-inherit',
  severity: 'warning',
  summary: "another repository's workflow gets all secrets",
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { uses, node } of jobs) {
      const secrets = asText(at(node, 'secrets'));
      if (secrets?.text !== 'inherit' || uses === undefined || /^[.$]\//.test(uses.text)) continue;
      report(secrets, "another repository's workflow gets every secret of this one", {
        hint: 'name those that it needs: secrets: { NAME: ${{ secrets.NAME }} }',
      });
    }
  },
};

const tellPassword = (holder: TreeNode | undefined, report: Report): void => {
  const password = asText(at(holder, 'credentials', 'password'));
  if (password === undefined || password.text === '' || hasExpression(password.text)) return;
  report(password, 'a password stands in the workflow', { hint: 'keep it as a secret: password: ${{ secrets.REGISTRY_PASSWORD }}' });
};

export const hardcodedCredentials: Rule = {
  id: 'hardcoded-credentials',
  severity: 'error',
  summary: 'the password of a registry stands in the workflow',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { node } of jobs) {
      tellPassword(at(node, 'container'), report);
      for (const { value } of entriesOf(at(node, 'services'))) tellPassword(value, report);
    }
  },
};
