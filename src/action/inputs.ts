import { UsageError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { SEVERITIES, type Severity } from '../report/finding.ts';
import { FORMATS, type Format } from '../report/format.ts';
import { printable } from '../report/printable.ts';

/** Every input that action.yml declares, in its order. */
export const INPUTS = [
  'checks',
  'paths',
  'fail-on',
  'format',
  'sarif-file',
  'rules',
  'strict-network',
  'working-directory',
  'comment',
  'token',
] as const;
export type InputName = (typeof INPUTS)[number];

/** What a workflow asks for. */
export interface ActionInputs {
  /** Empty: all. */
  readonly checks: readonly string[];
  readonly paths: readonly string[];
  /** undefined: the settings say. */
  readonly failOn: Severity | undefined;
  readonly format: Format;
  readonly sarifFile: string | undefined;
  /** Rule files beside those of the repository. */
  readonly rules: readonly string[];
  readonly strictNetwork: boolean;
  /** Relative to the workspace. */
  readonly workingDirectory: string;
  readonly comment: boolean;
  /** Empty: none was given. */
  readonly token: string;
}

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const oneOf = <V extends string>(name: InputName, value: string, values: readonly V[]): V | undefined => {
  const known = values.find((one) => one === value);
  if (known === undefined && value !== '') throw new UsageError(`input ${name} must be one of ${values.join(', ')}`);
  return known;
};

/** As YAML 1.2 writes it; the toolkit's own readers know the same words. */
const trueOrFalse = (name: InputName, value: string): boolean => {
  if (['true', 'True', 'TRUE'].includes(value)) return true;
  if (['', 'false', 'False', 'FALSE'].includes(value)) return false;
  throw new UsageError(`input ${name} must be true or false`);
};

const checksOf = (value: string, known: readonly string[]): readonly string[] => {
  const asked = value.split(/[\s,]+/).filter((id) => id !== '');
  for (const id of asked) {
    if (known.includes(id)) continue;
    const near = nearest(id, known);
    throw new UsageError(`input checks: there is no check ${printable(id.slice(0, 40))}`, {
      hint: near === undefined ? `checks are ${known.join(', ')}` : `did you mean ${near}?`,
    });
  }
  return asked;
};

/**
 * @param read the text of an input, empty when it was not given
 * @param checks ids of all checks
 * @throws {UsageError}
 */
export const readInputs = (read: (name: InputName) => string, checks: readonly string[]): ActionInputs => ({
  checks: checksOf(read('checks'), checks),
  paths: lines(read('paths')),
  failOn: oneOf('fail-on', read('fail-on'), SEVERITIES),
  format: oneOf('format', read('format'), FORMATS) ?? 'github',
  sarifFile: read('sarif-file') || undefined,
  rules: lines(read('rules')),
  strictNetwork: trueOrFalse('strict-network', read('strict-network')),
  workingDirectory: read('working-directory') || '.',
  comment: trueOrFalse('comment', read('comment')),
  token: read('token'),
});
