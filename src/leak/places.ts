import type { PlaceIgnore } from '../config/gitleaks-ignore.ts';
import type { Finding } from '../report/finding.ts';
import { aliasesOf } from '../rules/aliases.ts';

/** True when a name, ours or gitleaks', is one of a finding's rule. */
export const isNamed = (name: string, finding: Pick<Finding, 'rule'>): boolean => {
  const id = finding.rule.replace(/^leak\//, '');
  return name === id || aliasesOf(name)?.includes(id) === true;
};

/** A path as gitleaks writes it. */
export const plainPath = (path: string | undefined): string => (path ?? '').replaceAll('%25', '%');

/** Which line of .gitleaksignore lets a finding stay. */
export const placeTest = (places: readonly PlaceIgnore[]): ((finding: Finding) => PlaceIgnore | undefined) => {
  const byPlace = new Map<string, PlaceIgnore[]>();
  for (const place of places) {
    const key = `${place.line}:${place.path}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), place]);
  }
  return (finding) =>
    byPlace
      .get(`${finding.line ?? 0}:${plainPath(finding.path)}`)
      ?.find(({ rule, commit }) => isNamed(rule, finding) && (commit === undefined || commit === finding.commit));
};
