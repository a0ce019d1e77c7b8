import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlace, makeUpstream, workflow, type Place } from './upstream.ts';

const FILE = '.github/workflows/ci.yml';
const FABRICATED = 'deadbeef'.repeat(5);

const action = (...uses: readonly string[]): string =>
  `runs:\n  using: composite\n  steps:\n${uses.map((use) => `    - uses: ${use}\n`).join('')}`;

const findings = async (place: Place, words = 'workflow pins'): Promise<readonly string[]> => {
  const { out } = await place.kei(`${words} --all --format json`);
  return (JSON.parse(out) as { findings: { rule: string; severity: string; line: number; message: string }[] }).findings.map(
    ({ rule, severity, line, message }) => `${line} ${severity} ${rule.slice('workflow/'.length)}: ${message}`,
  );
};

test('actions and workflows are followed into their repositories, in a circle too', async () => {
  const upstream = await makeUpstream();
  const [outer, inner, circle] = [await upstream.add('acme/outer'), await upstream.add('acme/inner'), await upstream.add('acme/circle')];
  const leaf = await inner.release({
    'deep/action.yml': action(`acme/leaf@${FABRICATED}`, './local', 'docker://alpine:3'),
    Dockerfile: 'FROM x\n',
  });
  const round = await circle.release({
    'action.yml': action('acme/circle@main', 'acme/circle/two@main'),
    'two/action.yaml': action('acme/circle@main'),
  });
  const top = await outer.release({
    'action.yml': action(`acme/inner/deep@${leaf}`, 'acme/inner/deep@main', `acme/circle@${round}`, '$/beside'),
    'beside/action.yml': action('acme/gone@v1'),
    '.github/workflows/reused.yml': workflow(`acme/inner/none@${leaf}`).replace('on: push', 'on: workflow_call'),
    '.github/workflows/calls.yml': 'on: workflow_call\njobs:\n  a:\n    uses: ./.github/workflows/reused.yml\n',
  });
  const place = await makePlace(upstream);
  await place.repo.write(
    FILE,
    `${workflow(`acme/outer@${top}`, `acme/outer/nowhere@${top}`)}  reuse:\n    uses: acme/outer/.github/workflows/calls.yml@${top}\n`,
  );
  await place.repo.commit();
  const name = `acme/outer@${top.slice(0, 12)}`;
  const deep = `acme/inner/deep@${leaf.slice(0, 12)}`;
  expect((await findings(place)).toSorted()).toEqual(
    [
      `7 note unpinned: through ${name} (action.yml:5): main of acme/inner is a branch: it can change under you`,
      `7 warning repository-missing: through ${name} → ${deep} (deep/action.yml:4): there is no repository acme/leaf`,
      `7 note unpinned: through ${name} → acme/circle@${round.slice(0, 12)} (action.yml:4): main of acme/circle is a branch: it can change under you`,
      `7 note unpinned: through ${name} → acme/circle@${round.slice(0, 12)} (action.yml:5): main of acme/circle is a branch: it can change under you`,
      `7 note unpinned: through ${name} → acme/circle@${round.slice(0, 12)} → acme/circle/two@main (two/action.yaml:4): main of acme/circle is a branch: it can change under you`,
      `7 warning repository-missing: through ${name} (beside/action.yml:4): there is no repository acme/gone`,
      `8 error path-missing: acme/outer/nowhere@${top.slice(0, 12)} has no nowhere/action.yml`,
      `10 warning path-missing: through acme/outer/.github/workflows/calls.yml@${top.slice(0, 12)} (.github/workflows/reused.yml:7): acme/inner/none@${leaf.slice(0, 12)} has no none/action.yml`,
    ].toSorted(),
  );
  expect(await findings(place, 'workflow pins --no-follow')).toEqual([]);
  expect((await place.kei('check --format json')).out).not.toContain('through');
});

test('an action that is only a Dockerfile', async () => {
  const upstream = await makeUpstream();
  const repo = await upstream.add('acme/image');
  await repo.release({ Dockerfile: 'FROM alpine\n' });
  await repo.work.git('rm', '--quiet', 'action.yml');
  const commit = await repo.work.commit();
  await repo.work.git('push', '--quiet', 'origin', 'HEAD');
  const place = await makePlace(upstream);
  await place.repo.write(FILE, workflow(`acme/image@${commit}`));
  await place.repo.commit();
  expect(await findings(place)).toEqual([]);
});

test('--upgrade: the newest release of the same major version that is old enough', async () => {
  const upstream = await makeUpstream();
  const tool = await upstream.add('acme/tool');
  const v1 = await tool.release({}, 'v1.0.0', 'pkg/v1.0.0');
  const v12 = await tool.release({}, '^v1.2.0');
  await tool.release({}, 'v1.10.0-rc.1');
  const v110 = await tool.release({}, 'v1.10.0', 'v1');
  const v2 = await tool.release({}, 'v2.0.0', 'latest');
  const pkg = await tool.release({}, 'pkg/v1.1.0');
  const place = await makePlace(upstream);
  // Commits of these repositories are a minute apart, from 2023-11-14T22:13:20Z on.
  const now = new Date((1_700_000_000 + 10 * 60) * 1000);
  const write = (): Promise<void> =>
    place.repo.write(
      FILE,
      workflow(
        `acme/tool@${v1} # v1.0.0`,
        `acme/tool@${v12}  # v1.2`,
        `acme/tool@${v1}`,
        'acme/tool@v1.2.0',
        `acme/tool/pkg@${v1} # pkg/v1.0.0`,
        `acme/tool@${v2} # v2.0.0`,
      ),
    );
  await write();
  await place.repo.commit();
  const upgraded = async (words: string): Promise<string> => {
    await write();
    await place.kei(`workflow pins --upgrade --fix ${words}`, { now });
    return readFile(join(place.repo.dir, FILE), 'utf8');
  };
  expect(await upgraded('--min-age 0m')).toBe(
    workflow(
      `acme/tool@${v110} # v1.10.0`,
      `acme/tool@${v110}  # v1.10.0`,
      `acme/tool@${v110} # v1.10.0`,
      `acme/tool@${v110} # v1.10.0`,
      `acme/tool/pkg@${pkg} # pkg/v1.1.0`,
      `acme/tool@${v2} # v2.0.0`,
    ),
  );
  // v1.10.0 is seven minutes old.
  expect((await upgraded('--min-age 8m')).split('\n')[6]).toBe(`      - uses: acme/tool@${v12} # v1.2.0`);
  expect((await upgraded('--min-age 0m --major')).split('\n')[6]).toBe(`      - uses: acme/tool@${v2} # v2.0.0`);
  await write();
  const told = await place.kei('workflow pins --upgrade', { now });
  expect(told.out).toContain('acme/tool v1.10.0 is 0 days old: too young to be taken [workflow/outdated]');
});
