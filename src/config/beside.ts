import { dirname, isAbsolute, join, normalize } from 'node:path/posix';
import { ConfigError } from '../errors.ts';
import { isTable, parseToml, type TomlTable } from '../toml.ts';

// A path out of the repository would take the policy from where nobody looks at it.
export const isInside = (path: string): boolean => !/^[/\\]|^[A-Za-z]:/.test(path) && !path.split(/[/\\]/).includes('..');

/** Files go on from one another so deep, as gitleaks' do. */
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

/** Where a path in a rule file may lead, the first place that is there counts; none when it leaves the folder that may be read. */
export const placesOf = (file: string, path: string): readonly string[] => {
  if (path === '' || isAbsolute(path) || /^[A-Za-z]:|[\\\0]/.test(path)) return [];
  const beside = normalize(join(dirname(file), path));
  // gitleaks reads the path from where it is started, so that is the second try.
  const tries = isAbsolute(file) ? [beside] : [beside, normalize(path)];
  const root = isAbsolute(file) ? `${dirname(file)}/` : '';
  return [...new Set(tries.filter((place) => !place.startsWith('../') && place !== '..' && place.startsWith(root)))];
};

/** The files that a rule file goes on from (`[extend] path`, `[[extend.imports]]`): for each the places it may be at. */
export const filesBeside = (bytes: Uint8Array, file: string): readonly (readonly string[])[] => {
  const extend = tableOf(bytes, file);
  const imports: readonly unknown[] = Array.isArray(extend?.['imports']) ? extend['imports'] : [];
  return [extend, ...imports].flatMap(pathOf).map((path) => placesOf(file, path));
};
