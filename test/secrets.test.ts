import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openCache } from '../src/sys/cache.ts';
import { run } from './leak/commands.ts';
import { KEY_TEXT } from './leak/substituting.ts';
import { githubToken } from './leak/tokens.ts';
import { runProgram, shell, type Ended } from './program.ts';
import { makeRepo, type TestRepo } from './repo.ts';

/** A value that stands in one place, under the name of that place. */
const PLANTED: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'content', 'staged', 'history', 'message', 'tag', 'decoded', 'wide', 'stdin', 'message file', 'untracked', 'key', 'path', 'rule file regex', 'rule file comment', 'broken rules', 'rule test', 'settings', 'broken settings', 'ignores', 'broken ignores', 'argument', 'ref', 'covers', 'reason', 'submodule', 'allowed line', 'environment',
  ].map((place) => [place, githubToken(`planted ${place}`)]),
); // prettier-ignore
const planted = (place: string): string => {
  const token = PLANTED[place];
  if (token === undefined) throw new Error(`nothing is planted as ${place}`);
  return token;
};
const FORMATS = ['text', 'json', 'sarif', 'junit', 'github'];

/** Ways in which a secret could stand somewhere: itself, encoded, reversed, and a piece of it long enough to be of use. */
const shapes = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  return [
    secret.slice(4, 24), // without its public prefix and the check digits
    bytes.toString('base64').slice(0, 40),
    Buffer.from(`x${secret}`).toString('base64').slice(4, 44),
    Buffer.from(`xx${secret}`).toString('base64').slice(4, 44),
    bytes.toString('hex'),
    [...secret].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(''),
    [...secret].reverse().join('').slice(8, 32),
  ];
};
const NEEDLES = Object.entries(PLANTED).flatMap(([place, secret]) => shapes(secret).map((shape) => [place, shape] as const));

const leaksIn = (text: string): string[] => NEEDLES.flatMap(([place, shape]) => (text.includes(shape) ? [place] : []));

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());

const wide = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const key = (): string =>
  `-----BEGIN PRIVATE KEY-----\n${Buffer.from(planted('key').repeat(8)).toString('base64')}\n-----END PRIVATE KEY-----\n`;

const plant = async (): Promise<TestRepo> => {
  const repo = await makeRepo();
  await repo.write('history.txt', `token = "${planted('history')}"\n`);
  await repo.commit(`subject\n\n${planted('message')}\n`);
  await repo.git('tag', '-a', '-m', `tagged ${planted('tag')}`, 'v1');
  await repo.git('branch', `of-${planted('ref')}`);
  await repo.write('history.txt', 'gone\n');
  await repo.write('content.txt', `token = "${planted('content')}" and again ${planted('content')}\n`);
  await repo.write('allowed.txt', `token = "${planted('allowed line')}" # kei:allow github-pat-classic ${planted('reason')}\n`);
  await repo.write('decoded.txt', `v = "${Buffer.from(`value: ${planted('decoded')}`).toString('base64')}"\n`);
  await repo.write('wide.txt', wide(`token = "${planted('wide')}"\n`));
  await repo.write('key.pem', key());
  await repo.write(`dir-${planted('path')}/${planted('path')}.txt`, `token = "${planted('path')}"\n`);
  await repo.write(
    'leak-matrix/mine.toml',
    `# ${planted('rule file comment')}\nschema = "leak-matrix/1"\n[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''${planted('rule file regex')}'''\n[[rules.tests]]\ntext = "${planted('rule test')}"\nsecret = "${planted('rule test')}"\nexpect = "hit"\n`,
  );
  await repo.write('kei.toml', `# ${planted('settings')}\n[leak]\nhonour-inline = ["${planted('settings')}"]\n`);
  await repo.write(
    '.kei/ignores.toml',
    `[[ignore]]\nrule = "leak/*"\nmatch = "nowhere/${planted('ignores')}"\nreason = "${planted('ignores')}"\n`,
  );
  await repo.commit(`second ${planted('message')}`);
  await repo.write('staged.txt', `token = "${planted('staged')}"\n`);
  await repo.git('add', 'staged.txt');
  await repo.write('untracked.txt', `token = "${planted('untracked')}"\n`);
  await repo.write('../message.txt', `a message\n\n${planted('message file')}\n`);
  return repo;
};

// Named by the message that such a key is not known.
const isKey = (content: string, place: string): boolean => content.includes(`\n${planted(place)} =`);

test('no output, report, cache or file of ours holds a planted secret', async () => {
  const repo = await plant();
  const env = { ...repo.env, SOME_TOKEN: planted('environment') };
  const start = { cwd: repo.dir, env };
  const base = dirname(repo.dir);
  mkdirSync(join(base, 'out'));
  const wrong: string[] = [];
  let findings = 0;
  const judge = (name: string, { out, err, code }: Ended, codes: readonly number[], given: readonly string[] = []): void => {
    for (const place of leaksIn(out + err)) if (!given.includes(place)) wrong.push(`${name}: ${place}`);
    if (code === null || !codes.includes(code)) wrong.push(`${name}: exit ${code}\n${err}`);
    findings += [...out.matchAll(/github-pat-classic/g)].length;
  };
  // In this process, with the person's cache as the program has it.
  const cache = openCache(env);
  const inside = async (args: readonly string[]): Promise<Ended> => run(repo, args, { ...(cache === undefined ? {} : { cache }), env });
  const quick = async (args: readonly string[], codes: readonly number[], given: readonly string[] = []): Promise<void> =>
    judge(args.join(' '), await inside(args), codes, given);
  const process = async (args: readonly string[], codes: readonly number[]): Promise<void> =>
    judge(args.join(' '), await runProgram(args, start), codes);

  // Every target, some in every format, to standard output and to files.
  for (const format of FORMATS) {
    await process(['leak', 'scan', '--all', '--format', format], [1]);
    await quick(['leak', 'scan', '--history', '--format', format, '--output', join(base, 'out', format)], [1]);
  }
  for (const args of [
    ['check'],
    ['check', '--all', '--format', 'json'],
    ['leak', 'scan', '--staged'],
    ['leak', 'scan', '--range', 'HEAD~1..HEAD', '--format', 'json'],
    ['leak', 'scan', '--commit', 'HEAD'],
    ['leak', 'scan', '--message', '../message.txt'],
    ['leak', 'scan', '--all', '--jobs', '2'],
    ['leak', 'scan', '--format', 'json', base],
  ])
    await quick(args, [1]);
  judge(
    '--stdin',
    shell(`printf 'token = "%s"\\n' "$STDIN" | kei leak scan --stdin`, { ...start, env: { ...env, STDIN: planted('stdin') } }),
    [1],
  );
  judge(
    '--covers',
    shell(`printf 'token = "%s"\\n' "$STDIN" | kei leak lint --covers`, { ...start, env: { ...env, STDIN: planted('covers') } }),
    [0, 1],
  );
  for (const args of [[], ['--format', 'json'], ['--all'], ['--check', 'key.pem']]) await quick(['leak', 'substitute', ...args], [1, 2, 3]);
  const keyed = { ...start, env: { ...env, KEI_LEAK_KEY: KEY_TEXT, STDIN: planted('stdin') } };
  for (const format of ['text', 'json']) judge('substitute', shell(`kei leak substitute --format ${format}`, keyed), [0, 1, 3]);
  judge('substitute --stdin', shell(`printf 'token = "%s"\\n' "$STDIN" | kei leak substitute --stdin`, keyed), [0]);
  judge('substitute --stdin, binary', shell(`printf '\\0token = "%s"\\n' "$STDIN" | kei leak substitute --stdin`, keyed), [1]);
  judge('substitute --patch', shell(`git log -p --all | kei leak substitute --patch`, keyed), [0, 1]);
  await quick(['report', 'merge', join(base, 'out', 'json'), '--format', 'text'], [1]);

  // Commands about rules and findings.
  await quick(['leak', 'list'], [0]);
  await quick(['leak', 'lint'], [0, 1]);
  await quick(['leak', 'explain', 'mine'], [0]);
  await quick(['leak', 'explain', 'github-pat-classic'], [0]);
  await quick(['config'], [0], ['settings']); // prints the settings: that is what it is for
  await quick(['leak', 'baseline'], [0]);
  await quick(['leak', 'scan', '--all', '--format', 'json'], [0, 1]);

  // Failure: every kind of file broken around its secret, and secrets where something else was asked for.
  const broken: readonly (readonly [string, string, string])[] = [
    [
      'leak-matrix/mine.toml',
      'broken rules',
      `schema = "leak-matrix/1"\n[[rules]]\nid = "mine"\nregex = '''(${planted('broken rules')}'''\n`,
    ],
    ['leak-matrix/mine.toml', 'broken rules', `x = "${planted('broken rules')}\n`],
    ['leak-matrix/mine.toml', 'broken rules', `schema = "leak-matrix/1"\n${planted('broken rules')} = 1\n`],
    ['leak-matrix/mine.toml', 'broken rules', `schema = "leak-matrix/1"\n[[rules]]\nid = "${planted('broken rules')}"\n`],
    ['kei.toml', 'broken settings', `[leak]\ncategories = ["${planted('broken settings')}"]\n`],
    ['kei.toml', 'broken settings', `[leak]\ndecode = "${planted('broken settings')}\n`],
    ['kei.toml', 'broken settings', `[leak]\n${planted('broken settings')} = 1\n`],
    ['.kei/ignores.toml', 'broken ignores', `[[ignore]]\nfingerprint = "${planted('broken ignores')}"\nreason = "x"\n`],
    ['.kei/ignores.toml', 'broken ignores', `[[ignore]]\n${planted('broken ignores')} = 3\n`],
  ];
  for (const [path, place, content] of broken) {
    const before = readFileSync(join(repo.dir, path), 'utf8');
    await repo.write(path, content);
    // What lint says of rule files it says of each; it compiles all built-in rules every time.
    const lints = content.includes('(') || content.startsWith('x =') ? [['leak', 'lint']] : [];
    for (const args of [['check', '--all'], ['leak', 'scan', '--all', '--format', 'json'], ['config'], ...lints]) {
      judge(
        `${args.join(' ')} with ${path}: ${content.replace(planted(place), 'SECRET')}`,
        await inside(args),
        [0, 1, 2, 3],
        [...(args[0] === 'config' ? ['settings'] : []), ...(isKey(content, place) ? [place] : [])],
      );
    }
    await repo.write(path, before);
  }
  await quick(['leak', 'scan', '--range', `${planted('argument')}..HEAD`], [2, 3], ['argument']);
  await quick(['report', 'merge', 'content.txt'], [2, 3]);
  await quick(['report', 'merge', 'wide.txt', '--format', 'json'], [2, 3]);
  await quick(['leak', 'lint', 'content.txt'], [1, 2]);
  await quick(['leak', 'scan', '--rules', 'content.txt'], [2]);
  await quick(['leak', 'scan', '--rules', 'key.pem', '--format', 'json'], [2]);

  // All that was written: caches, reports, baselines, the person's folders.
  const ours = [join(base, 'home'), join(base, 'out'), join(repo.dir, '.git/kei'), join(repo.dir, '.kei')].flatMap(filesBelow);
  for (const path of ours) {
    const place = path.slice(base.length + 1);
    const known = place.endsWith('ignores.toml') ? ['ignores'] : [];
    // The compiled rules of a person are theirs, in their own cache: expressions and all.
    if (/\/rules-[0-9a-f]+\.pack$/.test(path)) continue;
    for (const leak of [...leaksIn(readFileSync(path, 'latin1')), ...leaksIn(path)])
      if (!known.includes(leak)) wrong.push(`${place}: ${leak}`);
  }
  expect([...new Set(wrong)]).toEqual([]);
  expect(ours.filter((path) => path.includes('/.git/kei/')).length).toBeGreaterThan(0);
  expect(findings).toBeGreaterThan(50);
}, 120_000);

test.for(['kei.toml', '.kei/ignores.toml', 'leak-matrix/mine.toml'])('the name of an unknown key in %s', async (path) => {
  const repo = await makeRepo();
  await repo.write(path, `${path.endsWith('mine.toml') ? 'schema = "leak-matrix/1"\n' : ''}${planted('broken rules')} = 1\n`);
  const { code, out, err } = await run(repo, ['leak', 'scan', '--all']);
  expect([code, out]).toEqual([2, '']);
  expect(leaksIn(err)).toEqual([]);
});

test('the test sees a secret in each of its shapes', () => {
  const secret = planted('content');
  for (const text of [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
    Buffer.from(`k=${secret};`).toString('base64'),
  ])
    expect(leaksIn(`some ${text} text`)).toContain('content');
  expect(leaksIn('nothing of it')).toEqual([]);
});
