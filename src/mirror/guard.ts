import type { CheckContext } from '../check.ts';
import { openPrefilter } from '../engine/open.ts';
import type { LeakOptions } from '../leak/options.ts';
import { withIgnores } from '../config/exceptions.ts';
import { createFinisher, type Whereabouts } from '../leak/finish.ts';
import { createMask, type Mask } from '../leak/mask.ts';
import { openRunEngine } from '../leak/run-engine.ts';
import type { Edit, Substitutor } from '../leak/substitute.ts';
import type { Finding } from '../report/finding.ts';
import type { Rule } from '../rules/rule.ts';

export interface Replaced {
  readonly bytes: Buffer;
  readonly edits: readonly Edit[];
}

/** What a piece of content or text becomes. */
export type Verdict =
  | { readonly kind: 'clean' }
  /** It must not be there at all. */
  | { readonly kind: 'excluded'; readonly findings: readonly Finding[] }
  | ({ readonly kind: 'replaced'; readonly findings: readonly Finding[]; readonly left: readonly Finding[] } & Replaced);

/** Says what of a repository may leave, and in which form. */
export interface Guard {
  file(bytes: Buffer, path: string, commit: string): Verdict;
  /** A message, a name or a path. */
  text(bytes: Buffer, commit?: string): Verdict;
  /** What is found in a name, for a last look. */
  findings(bytes: Buffer): readonly Finding[];
  readonly mask: Mask;
}

const CLEAN: Verdict = { kind: 'clean' };
const stays = ({ severity, extra }: Finding): boolean => severity === 'note' && extra?.['allowed'] !== undefined;

/** @throws {ConfigError} for the first error in a rule file */
export const openGuard = async (options: LeakOptions, substitutor: Substitutor, context: CheckContext): Promise<Guard> => {
  const { pack, scanner, termsIn } = await openRunEngine(options, 'mirror', context);
  const finisher = createFinisher(pack.book(), () => scanner.decider, 'mirror', { prefilter: openPrefilter(pack.book()), termsIn });
  const now = context.now();
  let rules: ReadonlyMap<string, Rule> | undefined;
  const ruleOf = (rule: string): Rule | undefined => {
    const { book } = scanner;
    rules ??= new Map(
      Array.from({ length: book.count }, (_, index) => book.rule(index)).flatMap((one) =>
        one === undefined ? [] : [[`leak/${one.id}`, one] as const],
      ),
    );
    return rules.get(rule);
  };
  /** A term in a path is taken out where the path is judged as a text. */
  const isOfContent = ({ rule, start }: Finding): boolean => start !== undefined || ruleOf(rule)?.kind !== 'term';
  const look = (bytes: Buffer, where: Whereabouts): readonly Finding[] => {
    scanner.buffer(bytes.length).set(bytes);
    return finisher
      .finish(scanner.scan(bytes.length, where.path), where)
      .map((finding) => withIgnores(finding, context.policy, now))
      .filter((finding) => !stays(finding));
  };
  const judge = (findings: readonly Finding[], substituted: () => ReturnType<Substitutor['content']>): Verdict => {
    if (findings.length === 0) return CLEAN;
    // There is nothing to put in the place of a whole file that its path alone forbids.
    if (findings.some(({ rule, start }) => start === undefined || ruleOf(rule)?.action === 'exclude'))
      return { kind: 'excluded', findings };
    const { bytes, edits, left } = substituted();
    return { kind: 'replaced', findings, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), edits, left };
  };
  return {
    mask: createMask(scanner),
    file: (bytes, path, commit) => {
      const findings = look(bytes, { path, commit }).filter(isOfContent);
      return judge(findings, () => {
        const done = substitutor.content(bytes, path, commit);
        return { ...done, left: done.left.filter(isOfContent) };
      });
    },
    findings: (bytes) => look(bytes, { path: '', message: true }),
    text: (bytes, commit) =>
      judge(look(bytes, { path: '', message: true, ...(commit === undefined ? {} : { commit }) }), () =>
        substitutor.message(bytes, commit),
      ),
  };
};
