/** A tag's name as far as it is a version: `codeql-bundle-v2.16.1-rc.1` has the prefix `codeql-bundle-`. */
export interface Version {
  readonly prefix: string;
  /** One to many; `v4` has one. */
  readonly numbers: readonly number[];
  /** What follows, `-rc.1`; empty for a release. */
  readonly suffix: string;
}

const VERSION = /^(|.*[^A-Za-z0-9.])[vV]?(\d{1,9}(?:\.\d{1,9}){0,3})((?:[-+_.]?[A-Za-z].*|[-+_]\d.*)?)$/s;

/** undefined for names that are no version: `main`, a date. */
export const parseVersion = (name: string): Version | undefined => {
  const [, prefix = '', numbers, suffix = ''] = VERSION.exec(name) ?? [];
  if (numbers === undefined || /^\d{4}[-.]\d{2}[-.]\d{2}/.test(name)) return undefined;
  return { prefix, numbers: numbers.split('.').map(Number), suffix };
};

/** True for a name of less than three numbers, as tags have that move on with each release. */
export const isFloating = ({ numbers, suffix }: Version): boolean => numbers.length < 3 && suffix === '';

/** True where `wider` (v4) may mean `narrower` (v4.1.0). */
export const covers = (wider: Version, narrower: Version): boolean =>
  wider.suffix === '' &&
  wider.numbers.length <= narrower.numbers.length &&
  wider.numbers.every((number, i) => number === narrower.numbers[i]) &&
  (wider.prefix === narrower.prefix || wider.prefix === '');

/** Ascending; of equal numbers a release follows what was there before it. */
export const compareVersions = (a: Version, b: Version): number => {
  for (let i = 0; i < Math.max(a.numbers.length, b.numbers.length); i++) {
    const difference = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if ((a.suffix === '') !== (b.suffix === '')) return a.suffix === '' ? 1 : -1;
  return a.suffix.localeCompare(b.suffix, 'en', { numeric: true });
};
