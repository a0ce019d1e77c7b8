import * as v from 'valibot';
import { UsageError } from '../errors.ts';
import { SEVERITIES } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { withoutSecrets } from '../report/quoted.ts';
import { positionOf, splitKey, valueOf, type Layer } from './layer.ts';
import { isTable } from '../toml.ts';
import type { Notice } from './notice.ts';
import { DEFAULTS, KEYS, STRICTER, type KeyName } from './keys.ts';
import { isLooserPolicy, stricterPolicy, type PinPolicy } from './pin-policy.ts';
import { ConfigSchema, type Config } from './schema.ts';
import { writeAge, writeDuration, writeSize } from './units.ts';

export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'floor' | 'repository'; readonly layer: Layer }
  | { readonly kind: 'option'; readonly option: string };

/** What the command line says, by key; `leak.fail-on` is the option `--fail-on`. */
export type OptionValues = { readonly [K in KeyName]?: unknown };

export interface Layers {
  /** The person's own config.toml; undefined when there is none: then there is nothing to loosen. */
  readonly floor?: Layer | undefined;
  readonly repository: Layer;
  readonly trusted: boolean;
  readonly options?: OptionValues;
  /** Why the repository may not loosen anything. */
  readonly because?: string;
}

export const NOT_TRUSTED = 'a repository that is not trusted cannot loosen your own settings';

export interface Merged {
  readonly config: Config;
  readonly origins: ReadonlyMap<KeyName, readonly Origin[]>;
  /** Settings of a repository without trust that would have loosened the person's own. */
  readonly refused: readonly Notice[];
}

const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const rank = (value: unknown): number => SEVERITIES.findIndex((severity) => severity === value);
const amount = (value: unknown): number => (typeof value === 'number' ? value : 0);
// What the schema let through under a key of that kind.
const pins = (value: unknown): PinPolicy => (isTable(value) ? (value as PinPolicy) : {});

/** The stricter of two values of a key: the first where they are equally strict, something of both where lists differ. */
const stricterOf = (key: KeyName, a: unknown, b: unknown): unknown => {
  switch (STRICTER[key]) {
    case 'own':
      return b;
    case 'more':
      return [...items(a), ...items(b).filter((item) => !items(a).includes(item))];
    case 'marks':
      return items(b).filter((item) => items(a).includes(item));
    case 'greater':
      return amount(b) > amount(a) ? b : a;
    case 'less':
      return amount(b) < amount(a) ? b : a;
    case 'kept':
      return a;
    case 'pins':
      return isLooserPolicy(pins(a), pins(b)) ? stricterPolicy(pins(a), pins(b)) : b;
    case 'milder':
      return rank(b) < rank(a) ? b : a;
    case 'true':
      return a === true || b === true;
    case 'false':
      return a === true && b === true;
  }
};

const sameValue = (a: unknown, b: unknown): boolean => {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item) => b.includes(item));
  if (!isTable(a) || !isTable(b)) return a === b;
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
};

/** True when `after` lets something pass that `before` stops. */
export const isLooser = (key: KeyName, before: unknown, after: unknown): boolean => !sameValue(stricterOf(key, before, after), after);

const tomlKey = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

const toml = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (!isTable(value)) return JSON.stringify(value) ?? 'unset';
  const pairs = Object.entries(value).map(([key, inner]) => `${tomlKey(key)} = ${toml(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
};

/** Numbers that are written with a unit. */
const WRITTEN: { readonly [K in KeyName]?: (value: number) => string | number } = {
  'leak.max-file-size': (bytes) => (bytes >= 1024 ? writeSize(bytes) : bytes),
  'workflow.pins.max-age': writeAge,
  'workflow.pins.min-age': writeAge,
  'hook.timeout': writeDuration,
};

const writtenValue = (key: KeyName, value: unknown): unknown => (typeof value === 'number' ? (WRITTEN[key]?.(value) ?? value) : value);

/** A value as kei.toml would have it. What the schema lets through holds no control characters. */
export const showValue = (key: KeyName, value: unknown): string => printable(toml(writtenValue(key, value)));

const refusal = (key: KeyName, verb: 'stays' | 'becomes', kept: unknown, layer: Layer, because: string): Notice => {
  const [table, name] = splitKey(key);
  const sentence = `${name} in [${table}] ${verb} ${withoutSecrets(showValue(key, kept))}: ${because}`;
  return { key, file: layer.file, position: positionOf(layer, key), sentence };
};

interface Decided {
  readonly value: unknown;
  readonly origins: readonly Origin[];
  readonly refused?: Notice;
}

const decide = (key: KeyName, { floor, repository, trusted, options, because = NOT_TRUSTED }: Layers): Decided => {
  const option = options?.[key];
  if (option !== undefined) return { value: option, origins: [{ kind: 'option', option: `--${splitKey(key)[1]}` }] };
  const theirs: Origin = { kind: 'repository', layer: repository };
  // Rule files of the floor lie in the person's folder and come beside the repository's, not in their place.
  const isMine = floor?.set.has(key) === true && key !== 'leak.rules';
  const mine: Origin = isMine ? { kind: 'floor', layer: floor } : { kind: 'default' };
  const base = valueOf(isMine ? floor.config : DEFAULTS, key);
  if (!repository.set.has(key)) return { value: base, origins: [mine] };
  const wanted = valueOf(repository.config, key);
  if (floor === undefined || trusted || STRICTER[key] === 'own') return { value: wanted, origins: [theirs] };
  const value = stricterOf(key, base, wanted);
  if (sameValue(value, wanted)) return { value: wanted, origins: [theirs] };
  const isMixed = !sameValue(value, base);
  return {
    value,
    origins: isMixed ? [mine, theirs] : [mine],
    refused: refusal(key, isMixed ? 'becomes' : 'stays', value, repository, because),
  };
};

interface Tables {
  [name: string]: unknown;
}

const put = (tables: Tables, [name = '', ...rest]: readonly string[], value: unknown): void => {
  if (rest.length === 0) tables[name] = value;
  else put((tables[name] ??= {}) as Tables, rest, value);
};

/** Options over kei.toml over the person's floor over the defaults; a repository without trust may only tighten the floor. */
export const mergeConfig = (layers: Layers): Merged => {
  const tables: Tables = {};
  const origins = new Map<KeyName, readonly Origin[]>();
  const refused: Notice[] = [];
  for (const key of KEYS) {
    const decided = decide(key, layers);
    if (decided.value !== undefined) put(tables, key.split('.'), decided.value);
    origins.set(key, decided.origins);
    if (decided.refused) refused.push(decided.refused);
  }
  // What files say was judged when they were read.
  if (Object.values(layers.options ?? {}).every((value) => value === undefined))
    return { config: tables as unknown as Config, origins, refused };
  const written: Tables = {};
  for (const key of KEYS) {
    const value = valueOf(tables as unknown as Config, key);
    if (value !== undefined) put(written, key.split('.'), writtenValue(key, value));
  }
  const result = v.safeParse(ConfigSchema, written);
  if (result.success) return { config: result.output, origins, refused };
  // Only an option can be wrong here.
  const [issue] = result.issues;
  const key: unknown = issue.path?.at(-1)?.key;
  throw new UsageError(`--${typeof key === 'string' ? key : ''} ${issue.message}`);
};

/** The person's floor with what the repository may add to it. */
export const loosen = (floor: Layer, repository: Layer, trusted: boolean): Pick<Merged, 'config' | 'refused'> =>
  mergeConfig({ floor, repository, trusted });

export interface Explained {
  readonly key: KeyName;
  readonly value: unknown;
  /** Strictest first: `default`, `kei.toml:3`, `option --decode`, or two of them where both had a say. */
  readonly origins: readonly string[];
}

const showOrigin = (key: KeyName, origin: Origin): string => {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'option':
      return `option ${origin.option}`;
    case 'floor':
    case 'repository':
      return `${origin.layer.file}:${positionOf(origin.layer, key)?.line ?? 1}`;
  }
};

/** Every merged value and where it came from. */
export const explainConfig = ({ config, origins }: Pick<Merged, 'config' | 'origins'>): readonly Explained[] =>
  KEYS.map((key) => ({ key, value: valueOf(config, key), origins: (origins.get(key) ?? []).map((origin) => showOrigin(key, origin)) }));
