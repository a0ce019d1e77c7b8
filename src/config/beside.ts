import { dirname, join, normalize } from 'node:path/posix';
import { ConfigError } from '../errors.ts';
import { isTable, parseToml, type TomlTable } from '../toml.ts';

// A path out of the repository would take the policy from where nobody looks at it.
export const isInside = (path: string): boolean => !/^[/\\]|^[A-Za-z]:/.test(path) && !path.split(/[/\\]/).includes('..');

/** Files go on from one another so deep, as in the leak room. */
export const MAX_DEPTH = 2;

const tableOf = (bytes: Uint8Array, file: string): TomlTable | undefined => {
  // Most rule files go on from nothing: reading them twice would cost.
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('extend')) return undefined;
  try {
    const { extend } = parseToml(bytes, file).value;
    return isTable(extend) ? extend : undefined;
  } catch (error) {
    if (error instanceof ConfigError) return undefined; // whoever reads its rules says so
    throw error;
  }
};

const pathOf = (value: unknown): readonly string[] => (isTable(value) && typeof value['path'] === 'string' ? [value['path']] : []);

/** The files that a rule file goes on from (`[extend] path`, `[[extend.imports]]`): for each the places it may be at, the first that is there counts. */
export const filesBeside = (bytes: Uint8Array, file: string): readonly (readonly string[])[] => {
  const extend = tableOf(bytes, file);
  const imports: readonly unknown[] = Array.isArray(extend?.['imports']) ? extend['imports'] : [];
  return [extend, ...imports]
    .flatMap(pathOf)
    .filter((path) => path !== '' && !/^[/\\]|^[A-Za-z]:|[\\\0]/.test(path))
    .map((path) => [...new Set([normalize(join(dirname(file), path)), normalize(path)])].filter(isInside));
};
