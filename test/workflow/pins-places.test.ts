import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { settingsInEnv } from '../servers.ts';
import { makePlace, makeUpstream, workflow, type Place, type Upstream, type UpstreamRepo } from './upstream.ts';

const FILE = '.github/workflows/ci.yml';
const FABRICATED = 'deadbeef'.repeat(5);

let upstream: Upstream;
let tool: UpstreamRepo;
let v1 = '';
beforeAll(async () => {
  upstream = await makeUpstream();
  tool = await upstream.add('acme/tool');
  v1 = await tool.release({}, 'v1.0.0');
});

const findings = async (
  place: Place,
  words = 'workflow pins --all',
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> => {
  const { out } = await place.kei(`${words} --format json`, { env });
  return (JSON.parse(out) as { findings: { rule: string; severity: string; message: string }[] }).findings.map(
    ({ rule, severity, message }) => `${severity} ${rule.slice('workflow/'.length)}: ${message}`,
  );
};

/** Variables that lead these addresses to the server and no other. */
const leading = ({ server }: Place, ...prefixes: readonly string[]): Readonly<Record<string, string>> =>
  settingsInEnv(prefixes.map((prefix) => [`url.${server.base}.insteadOf`, prefix] as const));

test.for<[name: string, path: string, forge: string, env: Readonly<Record<string, string>>, settings?: string]>([
  ['Forgejo', '.forgejo/workflows/ci.yml', 'https://code.forgejo.org/', {}],
  ['Gitea', '.gitea/workflows/ci.yml', 'https://github.com/', {}],
  ['a forge that says who it is', FILE, 'https://forge.example/', { GITHUB_SERVER_URL: 'https://forge.example' }],
  ['Forgejo that says who it is', '.forgejo/workflows/ci.yml', 'https://forge.example/', { GITHUB_SERVER_URL: 'https://forge.example/' }],
  [
    'a forge in the settings',
    FILE,
    'https://forge.example/sub/',
    { GITHUB_SERVER_URL: 'https://other.example' },
    'forge = "https://forge.example/sub"',
  ],
  ['actions-url', '.gitea/workflows/ci.yml', 'http://actions.lan:3000/', {}, 'actions-url = "http://actions.lan:3000"'],
])('%s: where a reference without a host leads', async ([, path, forge, env, settings]) => {
  const place = await makePlace(upstream);
  await place.repo.write(path, workflow(`acme/tool@${v1} # v1.0.0`, `acme/tool@${FABRICATED}`));
  if (settings !== undefined) await place.repo.write('kei.toml', `[workflow]\n${settings}\n`);
  await place.repo.commit();
  expect(await findings(place, 'workflow pins --all', { ...leading(place, forge), ...env })).toEqual([
    'error missing: acme/tool has no commit deadbeefdead',
  ]);
});

test('a host that is named in the settings, and its own policy', async () => {
  const place = await makePlace(upstream);
  await place.repo.write(
    '.forgejo/workflows/ci.yml',
    workflow('https://git.example/acme/tool@v1.0.0', `https://git.example/acme/tool@${FABRICATED}`),
  );
  await place.repo.write('kei.toml', '[workflow]\nhosts = ["git.example"]\n[workflow.policy]\n"acme/*" = "any"\n');
  await place.repo.commit();
  const env = leading(place, 'https://git.example/');
  expect(await findings(place, 'workflow pins', env)).toEqual([
    'warning unpinned: v1.0.0 of git.example/acme/tool is a tag: it can change under you',
    'error missing: git.example/acme/tool has no commit deadbeefdead',
  ]);
  await place.repo.write('kei.toml', '[workflow]\nhosts = ["git.example"]\n[workflow.policy]\n"git.example/acme/*" = "any"\n');
  expect(await findings(place, 'workflow pins --all', env)).toEqual(['error missing: git.example/acme/tool has no commit deadbeefdead']);
});

test('hooks of pre-commit: a tag will do, and a commit gets the comment that pre-commit writes', async () => {
  const place = await makePlace(upstream);
  const config = (...revs: readonly string[]): string =>
    `repos:\n${revs.map((rev) => `  - repo: https://github.com/acme/tool\n    rev: ${rev}\n    hooks: [{ id: x }]\n`).join('')}`;
  await place.repo.write('.pre-commit-config.yaml', config('v1.0.0', `${FABRICATED}  # frozen: v1.0.0`));
  await place.repo.commit();
  expect(await findings(place)).toEqual(['error missing: acme/tool has no commit deadbeefdead']);
  await place.repo.write('kei.toml', '[workflow.policy]\nhooks = "sha"\n');
  expect((await place.kei('workflow pins --fix')).code).toBe(0);
  expect(await readFile(join(place.repo.dir, '.pre-commit-config.yaml'), 'utf8')).toBe(
    config(`${v1}  # frozen: v1.0.0`, `${v1}  # frozen: v1.0.0`),
  );
});

test('require-comment, and names that are no commits though they look like one', async () => {
  const place = await makePlace(upstream);
  await tool.work.git('push', '--quiet', 'origin', `${v1}:refs/heads/${FABRICATED}-x`, `${v1}:refs/heads/twice`);
  const early = await tool.release({});
  const later = await tool.release({}, 'twice');
  await tool.work.git('push', '--quiet', 'origin', `${later}:refs/heads/${early}`);
  await place.repo.write('kei.toml', '[workflow.pins]\nrequire-comment = true\n');
  await place.repo.write(FILE, workflow(`acme/tool@${v1}`, `acme/tool@${FABRICATED}-x`, 'acme/tool@twice', `acme/tool@${early} # main`));
  await place.repo.commit();
  const said = await findings(place);
  await tool.work.git('push', '--quiet', 'origin', `:refs/heads/${FABRICATED}-x`, ':refs/heads/twice', `:refs/heads/${early}`);
  expect(said.toSorted()).toEqual(
    [
      `error ref-like-sha: ${FABRICATED}-x looks like a commit and is a branch of acme/tool`,
      `warning comment-missing: no comment says which version ${v1.slice(0, 12)} is`,
      'warning ambiguous-ref: acme/tool has a tag and a branch twice, and they differ',
      'warning unpinned: twice of acme/tool is a tag: it can change under you',
      `error ref-like-sha: a branch is called ${early.slice(0, 12)}… like the commit, and may run in its place`,
    ].toSorted(),
  );
});

test('in a pull request an allow of the change itself does not count, one that stood there does', async () => {
  const place = await makePlace(upstream);
  const allowed = `acme/tool@${FABRICATED} # kei:allow missing vendored`;
  await place.repo.write(FILE, workflow(allowed));
  await place.repo.commit();
  await place.repo.git('branch', 'base');
  await place.repo.write(FILE, workflow(allowed, `acme/tool@${FABRICATED} # kei:allow missing mine`).replace('on: push', 'on:  push'));
  await place.repo.commit();
  const range = (ci: boolean): Promise<{ code: number; out: string }> => place.kei('workflow pins --range base..HEAD', { ci });
  expect((await range(false)).code).toBe(0);
  const judged = await range(true);
  expect(judged.code).toBe(1);
  expect(judged.out).toContain('what allows it on its line is part of the change and does not count here');
});

test('what cannot be written is said', async () => {
  const place = await makePlace(upstream);
  const folded = `>-\n          acme/tool@${FABRICATED}`;
  await place.repo.write(FILE, workflow(folded, `"acme/tool\\u0040v1.0.0"`));
  await place.repo.commit();
  const before = await readFile(join(place.repo.dir, FILE), 'utf8');
  const { code, out } = await place.kei('workflow pins --fix');
  expect(code).toBe(1);
  expect(out).toContain(`do    v1.0.0 is ${v1}\n          it is written folded or escaped: change it by hand\n`);
  expect(await readFile(join(place.repo.dir, FILE), 'utf8')).toBe(before);
});

test('asked wrongly', async () => {
  const place = await makePlace(upstream);
  for (const words of ['--fix --diff', '--fix --staged', '--diff --range a..b', '--major', '--min-age 3d', '--upgrade --min-age 3y'])
    expect([words, (await place.kei(`workflow pins ${words}`)).code]).toEqual([words, 2]);
});
