import { allowTest, type AllowTest } from './allow.ts';
import { perRule, type RuleBook } from './rule-book.ts';

/** An allowlist by the number that hits name it with. */
export interface NumberedList {
  readonly number: number;
  readonly list: AllowTest;
}

/** The allowlists that concern a rule. Numbers: global ones first, then the rules' own in the order of the rules. */
export const listsOfRules = (book: RuleBook): ((rule: number) => readonly NumberedList[]) => {
  const globals = book.allowlists.map((list, number): NumberedList => ({ number, list: allowTest(list) }));
  const firstOwn = new Map<number, number>();
  let next = globals.length;
  for (const [rule, count] of book.ownLists) {
    firstOwn.set(rule, next);
    next += count;
  }
  return perRule((index) => {
    const rule = book.rule(index);
    const first = firstOwn.get(index) ?? 0;
    return [
      ...globals.filter(({ list: { targetRules } }) => targetRules.length === 0 || targetRules.includes(rule?.id ?? '')),
      ...(rule?.allowlists ?? []).map((list, i): NumberedList => ({ number: first + i, list: allowTest(list) })),
    ];
  });
};
