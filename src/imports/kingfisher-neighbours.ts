import { quoted } from '../report/quoted.ts';
import type { KingfisherRule } from './kingfisher-rule.ts';
import { basic, pairs } from './toml-text.ts';
import type { YamlValue } from './yaml-document.ts';

interface Window {
  readonly withinLines?: number;
  readonly order?: 'before' | 'after';
  /** It names bytes, which we do not count. */
  readonly bytes: boolean;
}

/** `2L`: the lines of the match and one on either side; `+2L`, `-2L`: one side; `8C`: bytes. undefined: no window. */
const windowOf = (text: string): Window | undefined => {
  const limits = text.split(',').map((one) => /^\s*([+-]?)(\d{1,6})([LC])\s*$/i.exec(one));
  const lines = limits.find((limit) => limit?.[3]?.toUpperCase() === 'L');
  const bytes = limits.some((limit) => limit?.[3]?.toUpperCase() === 'C');
  if (lines === undefined || lines === null) return bytes ? { bytes } : undefined;
  const [, sign, count] = lines;
  const order = sign === '+' ? 'after' : sign === '-' ? 'before' : undefined;
  return { withinLines: Math.max(0, Number(count) - 1), bytes, ...(order === undefined ? {} : { order }) };
};

const scalar = (value: YamlValue, key: string): YamlValue['scalar'] => value.fields?.get(key)?.value.scalar;

/**
 * Neighbours that a rule asks for. A dependency decides there whether something is found only where it names a window (`within`); without
 * one it serves validation alone.
 */
export const dependencyLines = ({ fields, notes }: KingfisherRule, ids: ReadonlySet<string>): readonly string[] =>
  (fields.get('depends_on_rule')?.value.items ?? []).flatMap((one) => {
    const id = scalar(one, 'rule_id');
    const tell = (message: string, severity: 'note' | 'warning' = 'note'): readonly string[] => {
      notes.tell(one.at, severity, 'not-carried', message);
      return [];
    };
    if (typeof id !== 'string') return tell('a dependency without rule_id is not carried over');
    if (scalar(one, 'optional') === true) return tell(`the dependency on ${quoted(id)} is optional: it is not asked for`);
    const within = scalar(one, 'within');
    if (within === undefined || within === null || within === 0 || within === '' || within === '0')
      return tell(`the dependency on ${quoted(id)} serves validation only: it is not asked for`);
    const window = windowOf(String(within));
    if (!ids.has(id)) return tell(`the dependency on ${quoted(id)} is not carried over: it is no rule of this file`, 'warning');
    if (window === undefined || window.withinLines === undefined)
      return tell(`within ${quoted(String(within))} is not carried over: the rule finds more`, 'warning');
    if (window.bytes)
      notes.tell(one.at, 'warning', 'not-carried', 'of within, the limit in bytes is not carried over: the rule finds more');
    const { withinLines, order } = window;
    return ['[[rules.required]]', ...pairs({ id: basic(id), withinLines, order: order === undefined ? undefined : basic(order) })];
  });
