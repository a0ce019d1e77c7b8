import { globTest } from '../glob.ts';
import type { Finding } from '../report/finding.ts';
import { isExpired, type PlacedIgnore } from './ignores.ts';

type Ignores = readonly PlacedIgnore[];

const ignoreOf = (finding: Finding, ignores: Ignores, now: Date): Ignores[number] | undefined =>
  ignores.find((entry) => {
    const everyRule = `${finding.rule.slice(0, finding.rule.indexOf('/'))}/*`;
    if (isExpired(entry, now)) return false;
    if (entry.rule !== undefined && entry.rule !== finding.rule && entry.rule !== everyRule) return false;
    if (entry.path !== undefined && entry.path !== finding.path) return false;
    if (entry.category !== undefined && entry.category !== finding.extra?.['category']) return false;
    if (entry.fingerprint !== undefined) return entry.fingerprint === finding.fingerprint;
    return entry.match !== undefined && finding.path !== undefined && globTest(entry.match)(finding.path);
  });

/** The finding as a note, and why it stays. */
export const allowed = ({ hint: _hint, ...rest }: Finding, words: string): Finding => ({
  ...rest,
  severity: 'note',
  extra: { ...rest.extra, allowed: words },
});

/** A note where an entry of the ignores lets the finding stay. */
export const withIgnores = (finding: Finding, { ignores }: { readonly ignores: Ignores }, now: Date): Finding => {
  const entry = ignoreOf(finding, ignores, now);
  if (entry === undefined) return finding;
  const how = `${entry.kind === 'baseline' ? 'in the baseline' : 'ignored'}${entry.until === undefined ? '' : ` until ${entry.until}`}`;
  return allowed(finding, entry.reason === undefined ? how : `${how}: ${entry.reason}`);
};
