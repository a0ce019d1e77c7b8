import { expect, test } from 'vitest';
import { syntax } from '../../src/lint/syntax.ts';
import { reaches } from '../../src/report/finding.ts';
import { STRUCTURE } from '../../src/structure/rules.ts';
import { lintFiles, sectionsOf } from '../lint/pages.ts';

const RULES = [syntax, ...STRUCTURE];
const SECTIONS = sectionsOf('workflow-lint-structure.md');

test('each rule has a section, and each section a rule', () => {
  expect(SECTIONS.map(({ id }) => id).toSorted()).toEqual(RULES.map(({ id }) => id).toSorted());
});

test.for(SECTIONS)('$id: the bad example is found, the good one passes', async ({ id, bad, good }) => {
  const found = await lintFiles(bad, RULES);
  expect(found.filter(({ rule, severity }) => rule === `workflow/${id}` && reaches(severity, 'warning')).length).toBeGreaterThan(0);
  expect(found.every(({ line, start, end }) => line !== undefined && start !== undefined && end !== undefined && end >= start)).toBe(true);
  const passed = await lintFiles(good, RULES);
  expect(
    passed.filter(({ severity }) => reaches(severity, 'warning')).map(({ rule, line, message }) => `${rule} ${line}: ${message}`),
  ).toEqual([]);
});
