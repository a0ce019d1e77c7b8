import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyEdits } from '../../src/substitute/edits.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { run } from './commands.ts';
import { KEY_TEXT } from './substituting.ts';
import { scan } from './tokens.ts';

const RULES = `schema = "leak-matrix/1"
[[rules]]
id = "host"
description = "an inner host"
regex = '''\\b\\w+\\.acme\\.lan\\b'''
category = "internal-infra"
action = "substitute"
[rules.replace]
mode = "value"
value = "host.example.com"
[[rules]]
id = "code"
description = "a code name"
regex = '''\\bfalcon-\\d+\\b'''
action = "substitute"
[[rules]]
id = "blocked"
description = "no fix"
regex = '''\\beagle-\\d+\\b'''
`;
const TEXT = `é db.acme.lan falcon-77 eagle-1\nagain falcon-78 ${Buffer.from('what is falcon-79 about').toString('base64')}\n`;

const planted = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('leak-matrix/rules.toml', RULES);
  await repo.commit();
  await repo.write('a.txt', TEXT);
  await repo.write('wide.txt', Buffer.from('\ufefffalcon-80\n', 'utf16le'));
  await repo.git('add', '.');
  return repo;
};
const withKey = { env: { KEI_LEAK_KEY: KEY_TEXT } };

test.for(['--staged', '--all'])(
  '%s: findings of action substitute that stand in clear have what would be written for them',
  async (target) => {
    const repo = await planted();
    const { findings } = await scan(repo, [target, '--no-builtin'], withKey);
    const fixes = findings
      .filter(({ path }) => path !== 'leak-matrix/rules.toml')
      .map(({ rule, start, end, fix, extra }) => {
        if (fix !== undefined) expect(fix.edits.map((edit) => [edit.start, edit.end])).toEqual([[start, end]]);
        return [rule, extra?.['decoded'], fix?.edits[0]?.text.replace(/:[a-z2-7]{10}>$/, ':…>')];
      });
    expect(fixes).toEqual([
      ['leak/host', undefined, 'host.example.com'],
      ['leak/code', undefined, '<code:…>'],
      ['leak/blocked', undefined, undefined],
      ['leak/code', undefined, '<code:…>'],
      ['leak/code', 'base64', undefined],
      ['leak/code', 'utf-16', undefined],
    ]);
    const edits = findings.flatMap(({ path, fix }) => (path === 'a.txt' ? (fix?.edits ?? []) : []));
    const mended = applyEdits(
      Buffer.from(TEXT),
      edits.map(({ start, end, text }) => ({ start, end, bytes: Buffer.from(text) })),
    );
    await repo.write('a.txt', mended);
    await run(repo, ['leak', 'substitute', '--write', '--no-builtin', 'a.txt'], withKey);
    const whole = await planted();
    await run(whole, ['leak', 'substitute', '--write', '--no-builtin', 'a.txt'], withKey);
    expect(readFileSync(join(repo.dir, 'a.txt'), 'utf8')).toBe(readFileSync(join(whole.dir, 'a.txt'), 'utf8'));
  },
);

test('without a key only what needs none; none in a commit; SARIF has them', async () => {
  const repo = await planted();
  const { findings } = await scan(repo, ['--staged', '--no-builtin']);
  expect(findings.flatMap(({ fix }) => fix?.edits.map(({ text }) => text) ?? [])).toEqual(['host.example.com']);
  await repo.commit();
  expect((await scan(repo, ['--commit', 'HEAD', '--no-builtin'], withKey)).findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
  const { out } = await run(repo, ['leak', 'scan', '--all', '--no-builtin', '--format', 'sarif'], withKey);
  const sarif = JSON.parse(out) as { runs: { results: { fixes?: unknown }[] }[] };
  expect(sarif.runs[0]?.results.find(({ fixes }) => fixes !== undefined)?.fixes).toEqual([
    {
      description: { text: 'write a stand-in for it' },
      artifactChanges: [
        {
          artifactLocation: { uri: 'a.txt', uriBaseId: '%SRCROOT%' },
          replacements: [{ deletedRegion: { byteOffset: 3, byteLength: 11 }, insertedContent: { text: 'host.example.com' } }],
        },
      ],
    },
  ]);
});
