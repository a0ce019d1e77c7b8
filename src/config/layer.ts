import type { ConfigError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { isTable, parseToml, type Position, type TomlDocument } from '../toml.ts';
import { hookRunProblem } from './hook-run.ts';
import { DEFAULTS, KEYS, type KeyName } from './keys.ts';
import { ConfigSchema, type Config } from './schema.ts';
import { validate } from './validate.ts';
import { quoted } from '../report/quoted.ts';

/** One place that settings come from. */
export interface Layer {
  readonly file: string;
  /** With defaults for what it does not set. */
  readonly config: Config;
  /** The keys it sets. */
  readonly set: ReadonlySet<KeyName>;
  readonly document: TomlDocument;
}

/** `workflow.pins.offline` to `workflow.pins` and `offline`; the table of `counts` is empty. */
export const splitKey = (key: KeyName): readonly [table: string, name: string] => {
  const dot = key.lastIndexOf('.');
  return [key.slice(0, Math.max(dot, 0)), key.slice(dot + 1)];
};

const own = (value: unknown, key: string): unknown => (isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined);

/** The value of a key; undefined where it is unset and has no default. */
export const valueOf = (config: unknown, key: KeyName): unknown => key.split('.').reduce(own, config);

/** @param file as messages name it. @throws {ConfigError} `kei.toml:12:3: unknown key "ruels" in [leak]` */
export const parseLayer = (source: string | Uint8Array, file: string): Layer => {
  const document = parseToml(source, file);
  const config: Config = validate(ConfigSchema, document);
  const problem = hookRunProblem(config.hook.run);
  if (problem !== undefined) {
    const { path, sentence, hint } = problem;
    throw document.error(['hook', ...path], `${sentence} (${path.at(-1)} in [[hook.run]])`, {
      of: 'value',
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return { file, config, set: new Set(KEYS.filter((key) => valueOf(document.value, key) !== undefined)), document };
};

/** Where a layer sets a key. */
export const positionOf = ({ document }: Layer, key: KeyName): Position | undefined => document.locate(key.split('.'));

/** The same as a layer without places: all values of one kei.toml. @throws {ConfigError} */
export const parseConfig = (source: string | Uint8Array, file: string): Config => parseLayer(source, file).config;

/** What stands in for a file that is not there. */
export const emptyLayer = (file: string): Layer => ({
  file,
  config: DEFAULTS,
  set: new Set(),
  get document() {
    return parseToml('', file);
  },
});

/** The error for a rule file that `[leak] rules` names and nobody finds. */
export const missingRules = ({ document }: Layer, index: number, known: readonly string[]): ConfigError => {
  const rules = valueOf(document.value, 'leak.rules');
  const path: unknown = Array.isArray(rules) ? rules[index] : undefined;
  const name = typeof path === 'string' ? path : '';
  const near = nearest(name, known);
  const details = near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` };
  return document.error(['leak', 'rules', index], `no file ${quoted(name)} (rules in [leak])`, { ...details, of: 'value' });
};

/** @param known ids of all checks. @throws {ConfigError} when `[check] skip` names another */
export const requireKnownChecks = (layer: Layer, known: readonly string[]): void => {
  for (const [i, id] of layer.config.check.skip.entries()) {
    if (known.includes(id)) continue;
    const near = nearest(id, known);
    const hint = near === undefined ? `checks are ${known.join(', ')}` : `did you mean "${near}"?`;
    throw layer.document.error(['check', 'skip', i], `no check ${quoted(id)} (skip in [check])`, { hint, of: 'value' });
  }
};
