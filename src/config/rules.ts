import { SEVERITIES, type Severity } from '../report/finding.ts';
import { isTable, parseToml, type Position, type TomlDocument, type TomlPath, type TomlTable } from '../toml.ts';

/** What decides how strict one rule of a rule file is. */
export interface RuleOutline {
  readonly id: string;
  readonly severity: Severity;
  /** undefined: all. */
  readonly scopes: readonly string[] | undefined;
  /** Takes the place of another rule of that id. */
  readonly overrides: boolean;
  /** Terms, in clear and hashed: one more is stricter. */
  readonly terms: ReadonlySet<string>;
  /** Changes whenever what else it matches may change. */
  readonly matching: string;
  readonly file: string;
  readonly position: Position | undefined;
}

/** An allowlist. Two of equal text allow the same. */
export interface Allowance {
  readonly text: string;
  /** undefined: for all rules. */
  readonly rule?: string;
  readonly file: string;
  readonly position: Position | undefined;
}

/** Rule files as far as policy is concerned: leak lint judges them, the leak room compiles them. */
export interface RuleOutlines {
  readonly rules: readonly RuleOutline[];
  readonly allowances: readonly Allowance[];
  /** Ids of built-in rules that are switched off, `*` for all, and where. */
  readonly disabled: ReadonlyMap<string, { readonly file: string; readonly position: Position | undefined }>;
  /** Changes with every limit. */
  readonly limits: string;
}

// These say nothing about what a rule matches, or are compared by themselves.
const APART = new Set(
  'id description rationale added source tests tags title severity action confidence scope override allowlists allowlist replace terms termsHashed'.split(
    ' ',
  ),
);

/** JSON with keys in order: equal values, equal text. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isTable(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner,
  ) ?? '';

const tables = (value: unknown): readonly TomlTable[] => (Array.isArray(value) ? value.filter(isTable) : isTable(value) ? [value] : []);
const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : typeof value === 'string' ? [value] : [];

const OF_ACTION: Readonly<Record<string, Severity>> = { block: 'error', substitute: 'error', warn: 'warning', exclude: 'note' };

const severityOf = (rule: TomlTable): Severity => {
  const named = SEVERITIES.find((severity) => severity === rule['severity']);
  if (named !== undefined) return named;
  const severity = OF_ACTION[String(rule['action'])] ?? 'error';
  const confidence = rule['confidence'];
  return severity === 'error' && typeof confidence === 'number' && confidence < 0.5 ? 'warning' : severity;
};

const outline = (rule: TomlTable, file: string, position: Position | undefined): RuleOutline => ({
  id: String(rule['id']),
  severity: severityOf(rule),
  scopes: rule['scope'] === undefined ? undefined : strings(rule['scope']),
  terms: new Set([...strings(rule['terms']), ...strings(rule['termsHashed'])]),
  overrides: rule['override'] === true,
  matching: canonical(Object.fromEntries(Object.entries(rule).filter(([key]) => !APART.has(key)))),
  file,
  position,
});

const allowancesOf = (document: TomlDocument, holder: TomlTable, path: TomlPath, rule?: string): Allowance[] =>
  ['allowlists', 'allowlist'].flatMap((key) =>
    tables(holder[key]).map((list, i) => ({
      text: canonical(Object.fromEntries(Object.entries(list).filter(([name]) => !['description', 'reason', 'owner'].includes(name)))),
      ...(rule === undefined ? {} : { rule }),
      file: document.file,
      position: document.locate([...path, key, i]) ?? document.locate([...path, key]),
    })),
  );

/** Files of our schema go on from the built-in rules unless they say no, gitleaks' only if they say so. */
const wantsBuiltin = ({ value }: TomlDocument): boolean => {
  const asked = isTable(value['extend']) ? value['extend']['useDefault'] : undefined;
  return typeof asked === 'boolean' ? asked : value['schema'] !== undefined;
};

interface OutlinedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Found, not named: the built-in rules stay. */
  readonly beside?: boolean;
}

/** Reads rule files leniently: what is not understood is left to leak lint. @throws {ConfigError} when one is not TOML */
export const outlineRules = (files: readonly OutlinedFile[]): RuleOutlines => {
  const rules: RuleOutline[] = [];
  const allowances: Allowance[] = [];
  const disabled = new Map<string, { readonly file: string; readonly position: Position | undefined }>();
  const limits: unknown[] = [];
  let wanted = files.length === 0;
  for (const { path, bytes, beside = false } of files) {
    const document = parseToml(bytes, path);
    const { value, file } = document;
    wanted ||= beside || wantsBuiltin(document);
    // The index in the file, so that a place is found when another element of the array is no table.
    for (const [i, rule] of (Array.isArray(value['rules']) ? value['rules'] : []).entries()) {
      if (!isTable(rule)) continue;
      rules.push(outline(rule, file, document.locate(['rules', i])));
      allowances.push(...allowancesOf(document, rule, ['rules', i], String(rule['id'])));
    }
    allowances.push(...allowancesOf(document, value, []));
    const extend = isTable(value['extend']) ? value['extend'] : {};
    for (const id of strings(extend['disabledRules'])) disabled.set(id, { file, position: document.locate(['extend', 'disabledRules']) });
    if (extend['useDefault'] === false) disabled.set('*', { file, position: document.locate(['extend', 'useDefault']) });
    if (value['limits'] !== undefined) limits.push(value['limits']);
  }
  const [first] = files;
  if (!wanted && first !== undefined && !disabled.has('*')) disabled.set('*', { file: first.path, position: undefined });
  return { rules, allowances, disabled, limits: canonical(limits) };
};
