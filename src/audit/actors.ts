import { pathOf } from '../contexts/infer.ts';
import { everyPart, type Expression } from '../contexts/tree.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import { expressionsIn, spanIn } from './analysis.ts';
import { PRIVILEGED } from './exposure.ts';

const ACTORS = ['github.actor', 'github.triggering_actor', 'github.event.sender.login', 'github.actor_id', 'github.event.sender.id'];

const isBot = (tree: Expression): boolean => tree.kind === 'literal' && typeof tree.value === 'string' && /\[bot\]$/i.test(tree.value);

/** Somebody is let through for being a bot. */
const asksForBot = (part: Expression): boolean =>
  part.kind === 'operation' &&
  part.operator === '==' &&
  [part.left, part.right].some(isBot) &&
  [part.left, part.right].some((side) => ACTORS.includes(pathOf(side)));

export const spoofableActor: Rule = {
  id: 'spoofable-actor',
  severity: 'warning',
  summary: 'a condition trusts whoever acted last, not whose change it is',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    const events = workflow.triggers.map(({ name }) => name);
    if (!events.some((name) => name.startsWith('pull_request') || PRIVILEGED.includes(name))) return;
    const isPrivileged = events.some((name) => PRIVILEGED.includes(name));
    for (const { expressions, availability } of expressionsIn(workflow)) {
      if (availability.wants !== 'condition') continue;
      for (const placed of expressions) {
        if (placed.parsed.kind !== 'tree') continue;
        for (const part of everyPart(placed.parsed.tree))
          if (asksForBot(part))
            report(
              spanIn(workflow, placed, part),
              'this is whoever acted last: a pull request of anybody passes once the bot has touched it',
              {
                hint: 'ask for the author: github.event.pull_request.user.login',
                ...(isPrivileged ? {} : { severity: 'note' }),
              },
            );
      }
    }
  },
};
