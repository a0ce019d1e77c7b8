import { beforeAll, describe, expect, test } from 'vitest';
import { makePlace, makeUpstream, workflow, type Place, type Upstream, type UpstreamRepo } from './upstream.ts';

const FILE = '.github/workflows/ci.yml';
const FABRICATED = 'deadbeef'.repeat(5);

let upstream: Upstream;
let tool: UpstreamRepo;
let v1 = '';
let between = '';
let v2 = '';
beforeAll(async () => {
  upstream = await makeUpstream();
  tool = await upstream.add('acme/tool');
  v1 = await tool.release({}, 'v1.0.0');
  between = await tool.release({});
  v2 = await tool.release({}, 'v2.0.0');
  await (await upstream.add('acme/other')).release({}, 'v1.0.0');
});

const findings = (out: string): readonly string[] =>
  (JSON.parse(out) as { findings: { rule: string; severity: string; line?: number; commit?: string; message: string }[] }).findings.map(
    ({ rule, severity, line, message }) => `${severity} ${rule}:${line ?? ''}: ${message}`,
  );

const stage = async (place: Place, text: string): Promise<void> => {
  await place.repo.write(FILE, text);
  await place.repo.git('add', '.');
};

describe('what is staged', () => {
  test('only pins that the change adds are asked about, and the message has what to type', async () => {
    const place = await makePlace(upstream);
    await place.repo.write(FILE, workflow(`acme/other@${FABRICATED}`));
    await place.repo.commit();
    await stage(place, workflow(`acme/other@${FABRICATED}`, `acme/tool@${FABRICATED} # v2.0.0`));
    const { code, out } = await place.kei('check --staged');
    expect(code).toBe(1);
    expect(out).toContain(`${FILE}:8:15  error  acme/tool has no commit deadbeefdead [workflow/missing]\n`);
    expect(out).toContain(`do    v2.0.0 is ${v2}\n`);
    expect(out).not.toContain('acme/other');
    expect(place.server.requests.filter(({ path }) => path.startsWith('/acme/other'))).toEqual([]);
  });

  test('a comment that is added to an old pin is judged', async () => {
    const place = await makePlace(upstream);
    await place.repo.write(FILE, workflow(`acme/tool@${v1}`));
    await place.repo.commit();
    await stage(place, workflow(`acme/tool@${v1} # v2.0.0`));
    const { out } = await place.kei('check --staged --format json');
    expect(findings(out)).toEqual([`error workflow/comment-mismatch:7: ${v1.slice(0, 12)} is not v2.0.0: it is v1.0.0`]);
  });

  test('another file: no server is asked', async () => {
    const place = await makePlace(upstream);
    await place.repo.write(FILE, workflow(`acme/tool@${FABRICATED}`));
    await place.repo.commit();
    await place.repo.write('README.md', 'uses: acme/tool@v1\n');
    await place.repo.git('add', '.');
    expect((await place.kei('check --staged')).code).toBe(0);
    expect(place.server.requests).toEqual([]);
  });

  test('a repository that was seen before is not asked for a tag that it had', async () => {
    const place = await makePlace(upstream);
    await stage(place, workflow(`acme/tool@${v1} # v1.0.0`));
    expect((await place.kei('check --staged')).code).toBe(0);
    const before = place.server.requests.length;
    await place.repo.commit();
    await stage(place, workflow(`acme/tool@${v1} # v1.0.0`, `acme/tool@${v2} # v2.0.0`));
    expect((await place.kei('check --staged')).code).toBe(0);
    expect([before > 0, place.server.requests.length - before]).toEqual([true, 0]);
  });

  test('skip in [check]', async () => {
    const place = await makePlace(upstream);
    await place.repo.write('kei.toml', '[check]\nskip = ["workflow-pins"]\n');
    await place.repo.commit();
    await stage(place, workflow(`acme/tool@${FABRICATED}`));
    expect((await place.kei('check --staged')).code).toBe(0);
  });

  test('an ignore of the repository lets a finding stay, and its own rule only', async () => {
    const place = await makePlace(upstream);
    await place.repo.write('.kei/ignores.toml', '[[ignore]]\nrule = "workflow/missing"\nmatch = ".github/**"\nreason = "vendored"\n');
    await place.repo.commit();
    await stage(place, workflow(`acme/tool@${FABRICATED}`, `acme/tool@${v1} # v2.0.0`));
    const { code, out } = await place.kei('check --staged --format json');
    expect([code, findings(out).map((line) => line.split(':')[0])]).toEqual([
      1,
      ['note workflow/missing', 'error workflow/comment-mismatch'],
    ]);
  });

  test('broken YAML and a name with a foreign letter', async () => {
    const place = await makePlace(upstream);
    await stage(place, workflow(`acm\u0435/tool@${v1}`, `{ unclosed: acme/tool@${v1}`));
    const { code, out } = await place.kei('check --staged --format json');
    expect(code).toBe(1);
    expect(findings(out).filter((line) => line.includes('U+0435'))).toHaveLength(1);
    expect(findings(out).filter((line) => line.startsWith('error workflow/unreadable')).length).toBeGreaterThan(1);
  });
});

describe('a range', () => {
  test('what a later commit took out again is told and does not fail', async () => {
    const place = await makePlace(upstream);
    await place.repo.write('README.md', '1\n');
    await place.repo.commit();
    await place.repo.write(FILE, workflow(`acme/tool@${FABRICATED} # v1.0.0`));
    await place.repo.commit();
    expect((await place.kei('check --range HEAD~1..HEAD')).code).toBe(1);
    await place.repo.write(FILE, workflow(`acme/tool@${v1} # v1.0.0`));
    await place.repo.commit();
    const { code, out } = await place.kei('check --range HEAD~2..HEAD --format json');
    expect([code, findings(out)]).toEqual([
      0,
      ['note workflow/missing:7: acme/tool has no commit deadbeefdead (gone again in a later commit)'],
    ]);
  });
});

describe('the whole worktree', () => {
  test('is judged by what is known, and what is not is told', async () => {
    const place = await makePlace(upstream);
    await place.repo.write(FILE, workflow(`acme/tool@${v1} # v1.0.0`, `acme/other@v1.0.0`));
    await place.repo.commit();
    const first = await place.kei('check --format json');
    expect([first.code, place.server.requests.length]).toEqual([0, 0]);
    expect(findings(first.out)).toEqual([
      'note workflow/no-answer:: what 2 repositories have could not be looked at without the network',
      'warning workflow/unpinned:8: v1.0.0 of acme/other is no commit: it can change under you',
    ]);
    expect((await place.kei('workflow pins')).code).toBe(0);
    const asked = place.server.requests.length;
    const second = await place.kei('check --format json');
    expect(findings(second.out)).toEqual(['warning workflow/unpinned:8: v1.0.0 of acme/other is a tag: it can change under you']);
    expect(place.server.requests.length).toBe(asked);
  });

  test('in CI everything is asked for', async () => {
    const place = await makePlace(upstream);
    await place.repo.write(FILE, workflow(`acme/tool@${FABRICATED}`));
    await place.repo.commit();
    const { code, out } = await place.kei('check --format json', { ci: true });
    expect([code, findings(out)]).toEqual([1, ['error workflow/missing:7: acme/tool has no commit deadbeefdead']]);
  });
});

describe('without an answer', () => {
  const refusing = (): Promise<Place> => makePlace(upstream, { behave: () => ({ status: 503 }) });

  test('a note, and exit code 3 where the settings are strict', async () => {
    const place = await refusing();
    await stage(place, workflow(`acme/tool@${v1}`, `acme/tool@${v2}`));
    const lax = await place.kei('workflow pins --format json');
    expect(lax.code).toBe(0);
    expect(findings(lax.out)).toHaveLength(1);
    expect(findings(lax.out)[0]).toMatch(/^note workflow\/no-answer:7: acme\/tool could not be looked at: .*\(and 1 other use of it\)$/);
    expect((await place.kei('workflow pins --strict-network')).code).toBe(3);
    expect((await place.kei('check --staged')).code).toBe(0);
    await place.repo.write('kei.toml', '[workflow.pins]\nstrict-network = true\n');
    await place.repo.git('add', '.');
    expect((await place.kei('check --staged')).code).toBe(3);
  });

  test('credentials are asked for: a warning', async () => {
    const place = await makePlace(upstream, { behave: () => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }) });
    await stage(place, workflow(`acme/tool@${v1}`));
    const { code, out } = await place.kei('workflow pins --format json');
    expect([code, findings(out)]).toEqual([
      0,
      ['warning workflow/auth-or-missing:7: acme/tool is private, or there is none: the server wants to know who asks'],
    ]);
    expect((await place.kei('workflow pins --strict-network')).code).toBe(3);
  });

  test('a host that nobody named is not asked', async () => {
    const place = await makePlace(upstream);
    await stage(place, workflow(`https://127.0.0.1:1/acme/tool@${v1}`));
    const { code, out } = await place.kei('workflow pins --format json');
    expect(code).toBe(0);
    expect(findings(out)[0]).toMatch(/^warning workflow\/host-refused:7: 127\.0\.0\.1:1\/acme\/tool was not asked for: /);
    expect((await place.kei('workflow pins --strict-network')).code).toBe(3);
  });
});

describe('offline', () => {
  test('what is known is told with its age, the rest is not passed in silence', async () => {
    const place = await makePlace(upstream);
    await stage(place, workflow(`acme/tool@${between}`, `acme/tool@${v1} # v1.0.0`));
    const now = new Date();
    await place.kei('workflow pins', { now });
    await place.server.close();
    const later = new Date(now.getTime() + 3 * 86_400_000);
    const known = await place.kei('workflow pins --offline', { now: later });
    expect([known.code, known.out.match(/as of 3 days ago/g)?.length]).toEqual([0, 2]);
    await stage(place, workflow(`acme/tool@${FABRICATED}`, 'acme/other@v1'));
    const unknown = await place.kei('workflow pins --offline --format json', { now: later });
    expect(findings(unknown.out).map((line) => line.split(': ')[0])).toEqual([
      'note workflow/no-answer:7',
      'note workflow/no-answer:8',
      'warning workflow/unpinned:8',
    ]);
    expect((await place.kei('workflow pins --offline --strict-network', { now: later })).code).toBe(3);
  });
});

test("a policy: what somebody demands is an error, what is one's own may be a tag", async () => {
  const place = await makePlace(upstream);
  await stage(place, workflow('acme/tool@v1.0.0'));
  const run = async (): Promise<readonly string[]> =>
    findings((await place.kei('workflow pins --all --format json')).out).map((line) => line.split(':')[0] ?? '');
  expect(await run()).toEqual(['warning workflow/unpinned']);
  await place.repo.git('remote', 'add', 'origin', 'git@github.com:Acme/mine.git');
  expect(await run()).toEqual([]);
  await place.repo.write('kei.toml', '[workflow.policy]\nown = "sha"\n');
  expect(await run()).toEqual(['error workflow/unpinned']);
  await place.repo.write('kei.toml', '[workflow.policy]\nown = "sha"\n"acme/tool" = "ref"\n');
  expect(await run()).toEqual([]);
});
