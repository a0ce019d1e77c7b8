import type { PlacedIgnore } from '../config/ignores.ts';
import { IGNORES_FILE } from '../config/keys.ts';
import { allowedBy, type Finding } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import type { Category } from '../config/categories.ts';
import type { Rule } from '../rules/rule.ts';

export interface Explained {
  readonly text: string;
  readonly value: unknown;
}

const WHY: Readonly<Record<Category, string>> = {
  secret: 'whoever can read the repository, now or later, can use it',
  personal: 'it tells something about a person, who did not agree to that',
  'patent-ip': 'what was published once can no longer be protected',
  'internal-infra': 'it tells an attacker how the inside is built',
  'private-project': 'a name that is not public yet would be',
};

const DO: Readonly<Record<Category, string>> = {
  secret:
    'revoke it where it was issued, then take it out of the file and of every commit that is not pushed yet; read it from the environment or a secret store',
  personal: 'take it out, or put a made-up value in its place (example.com, 555-0100)',
  'patent-ip': 'take it out before anything is pushed',
  'internal-infra': 'put a documentation value in its place (example.com, 192.0.2.1), or a variable',
  'private-project': 'put the public name in its place',
};

const EFFECT: Readonly<Record<Rule['action'], string>> = {
  block: 'a finding is an error and stops a commit',
  warn: 'a finding is a warning',
  substitute: 'a finding is an error; in mirrors the value is replaced',
  exclude: 'the file is left out of mirrors; elsewhere a finding is a note',
};

const row = (label: string, value: string | undefined): string =>
  value === undefined || value === '' ? '' : `  ${label.padEnd(9)} ${printable(value)}\n`;

const sureness = ({ confidence }: Rule): string => (confidence < 0.5 ? ', not sure enough for an error' : '');

const DOCUMENTED: Readonly<Record<string, string>> = {
  documented: 'documented',
  sdk: 'in the source of the provider’s library',
  'issued-sample': 'seen in issued ones',
  standard: 'a standard',
};

/** What there is to know of a rule; never its expression. @param on the categories that are on */
export const explainRule = (rule: Rule, on: readonly Category[]): Explained => {
  const { id, description, category, rationale, source, checksum, keywords, tags, origin, added, skipReport } = rule;
  const why = rationale ?? WHY[category];
  const isOn = on.includes(category) || origin !== 'built-in';
  const effect = skipReport
    ? 'it is only looked for as a neighbour of other rules'
    : `${rule.severity === undefined ? EFFECT[rule.action] : `a finding is of severity ${rule.severity}`}${sureness(rule)}`;
  const ignore = `kei-git leak ignore FINGERPRINT --reason "…"; on the line itself: kei:allow ${id} REASON`;
  const text =
    `leak/${printable(id)}: ${printable(description)}\n` +
    row('why', why) +
    row('effect', `${effect}${isOn ? '' : `; off, because categories in [leak] does not name ${category}`}`) +
    row(
      'sure',
      `${Math.round(rule.confidence * 100)} %${checksum === undefined ? '' : '; 100 % when its check digits hold, and no finding when they do not'}`,
    ) +
    row('format', source === undefined ? undefined : `${DOCUMENTED[source.kind] ?? source.kind}: ${source.url}`) +
    row('do', DO[category]) +
    row('ignore', ignore) +
    row('from', `${origin}${added === undefined ? '' : `, since ${added}`}`);
  const value = { rule: `leak/${id}`, description, category, on: isOn, action: rule.action, confidence: rule.confidence, why, do: DO[category], ignore, origin, tags, asksForKeyword: keywords.length > 0, ...(source === undefined ? {} : { source }), ...(checksum === undefined ? {} : { checksum }) }; // prettier-ignore
  return { text, value };
};

const ignoredBy = (finding: Finding, entry: PlacedIgnore | undefined): string | undefined => {
  if (entry !== undefined) {
    const until = entry.until === undefined ? '' : ` until ${entry.until}`;
    const by = entry.by === undefined ? '' : ` by ${entry.by}`;
    return `${entry.kind === 'baseline' ? 'in the baseline' : 'ignored'}${by}${until}, ${IGNORES_FILE}:${entry.position.line}${entry.reason === undefined ? '' : `: ${entry.reason}`}`;
  }
  return allowedBy(finding);
};

/** Where a finding stands and what is known of its rule. @param entry the exception that names its fingerprint */
export const explainFinding = (finding: Finding, rule: Rule | undefined, entry: PlacedIgnore | undefined): Explained => {
  const { path = '', line, column, severity, message, fingerprint } = finding;
  const ignored = ignoredBy(finding, entry);
  const decoded = finding.extra?.['decoded'];
  const text =
    `${printable(path)}${line === undefined ? '' : `:${line}:${column ?? 1}`}  ${severity}  ${printable(message)} [${printable(finding.rule)}]\n` +
    row('encoded', typeof decoded === 'string' ? decoded : undefined) +
    row('why', rule?.rationale ?? (rule === undefined ? undefined : WHY[rule.category])) +
    row('do', rule === undefined ? undefined : DO[rule.category]) +
    row('format', rule?.source?.url) +
    row('stays', ignored) +
    row('ignore', ignored === undefined ? `kei-git leak ignore ${fingerprint} --reason "…"` : undefined);
  return {
    text,
    value: { finding, ...(ignored === undefined ? {} : { ignored }), ...(rule === undefined ? {} : { origin: rule.origin }) },
  };
};
