import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../repo.ts';
import { run, type Ran } from './commands.ts';

let repo: TestRepo;
let id: string;
beforeEach(async () => {
  repo = await makeRepo();
  await repo.write('kei.toml', '[leak]\nbuiltin = false\n');
  const made = await run(repo, ['leak', 'key', '--new', '--format', 'json']);
  id = (JSON.parse(made.out) as { id: string }).id;
});

const FILE = 'leak-matrix/terms.toml';
const add = (stdin: string, ...options: string[]): Promise<Ran> => run(repo, ['leak', 'term', 'add', ...options], { stdin });
const check = (stdin: string, ...options: string[]): Promise<Ran> => run(repo, ['leak', 'term', 'check', ...options], { stdin });
const file = (path = FILE): string => readFileSync(join(repo.dir, path), 'utf8');
const entries = (text: string): string[] => text.match(/kt1:[^"]*/g) ?? [];

describe('add', () => {
  test('a file is made, in order of nothing that could be known', async () => {
    expect(await add('Project Falcon\n\n  blue heron  \nAmberLake')).toEqual({
      code: 0,
      out: `${FILE}: 3 terms hashed with key ${id} added to rule "private-terms"\ncommit the file, so that it holds for everybody\n`,
      err: '',
    });
    const hashed = entries(file());
    expect(hashed).toEqual([...hashed].sort());
    expect(file()).toBe(
      `schema = "leak-matrix/1"\n\n[[rules]]\nid = "private-terms"\ndescription = "term that must not leave"\nkind = "term"\n` +
        `category = "private-project"\naction = "block"\ntermsHashed = [\n${hashed.map((text) => `  "${text}",\n`).join('')}]\n`,
    );
    expect(await run(repo, ['leak', 'lint'])).toMatchObject({ code: 0, err: '' });
  });

  test('what is there is said by its line, and not written again', async () => {
    await add('project falcon');
    const before = file();
    expect(await add('PROJECT_FALCON\nProjectFalcon')).toMatchObject({
      code: 0,
      out: `${FILE}: nothing new\nline 1 is there already\nline 2 is there already\n`,
    });
    expect(file()).toBe(before);
    await add('amber lake\nproject.falcon');
    expect(entries(file())).toHaveLength(2);
  });

  test.for([
    ['a list of several lines', 'termsHashed = [\n  # ours\n  "A",  # first\n  "B"\n]'],
    ['a list of one line', 'termsHashed = ["A", "B"]'],
    ['an empty list', 'termsHashed = []'],
    ['no list', '# none yet'],
  ] as const)('every other byte stays: %s', async ([, list]) => {
    const known = (
      await Promise.all(
        ['one lake', 'two lake'].map(async (term) => entries((await add(term, '--file', `${term}.toml`), file(`${term}.toml`)))[0] ?? ''),
      )
    ).sort();
    const rule = (text: string): string =>
      `# top\r\nschema = "leak-matrix/1" # é\n[[rules]]\nid="other"\nregex='''abcd'''\n[[rules]]\n  id = "names"\n  kind = "term"\n  description = 'x'\n${text}\n\n[[rules.allowlists]]\npaths = ['^a']\nreason = "b"\n`;
    const source = rule(list.replaceAll(/"([AB])"/g, (_, letter) => `"${known[letter === 'A' ? 0 : 1] ?? ''}"`));
    await repo.write(FILE, source);
    expect(await add('three lake\nfour lake\nfive lake', '--rule', 'names')).toMatchObject({ code: 0, err: '' });
    const after = file();
    const had = entries(source);
    expect(entries(after)).toHaveLength(had.length + 3);
    expect(entries(after)).toEqual(entries(after).toSorted());
    // Without what was put in it is what it was.
    const fresh = entries(after).filter((text) => !had.includes(text));
    let left = after;
    for (const text of fresh) left = left.replace(new RegExp(`,?\\s*"${text}",?\\s*`), '');
    const plain = (text: string): string => text.replace(/termsHashed = \[\]?\s*\]?/, '').replace(/[\s,]/g, '');
    expect(plain(left)).toBe(plain(source));
    expect(await check('FOUR_LAKE')).toMatchObject({ code: 1 });
  });

  test('in clear, where that is wished', async () => {
    expect(await add('Blue\\Heron\nProject Falcon', '--plain', '--rule', 'names')).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 terms in clear added to rule "names"') as unknown,
    });
    expect(file()).toContain('terms = [\n  "Blue\\\\Heron",\n  "Project Falcon",\n]\n');
    await repo.write('a.txt', 'project-falcon');
    expect(await run(repo, ['leak', 'scan'])).toMatchObject({ code: 1, out: expect.not.stringContaining(FILE) as unknown });
  });

  test('a rule of its own for other folds', async () => {
    await repo.write(
      FILE,
      'schema = "leak-matrix/1"\n[[rules]]\nid = "exact"\ndescription = "x"\nkind = "term"\nfold = ["separators"]\ntermsHashed = []\n',
    );
    await add('Go Fish');
    expect(entries(file())[0]).toContain('kt1:s:');
    expect(await check('Go_Fish')).toMatchObject({ code: 1, out: '1:1: a term of leak/exact\n' });
    expect(await check('go fish')).toMatchObject({ code: 0, out: 'no known term\n' });
  });

  test.for([
    ['a\n', [], 'line 1 has fewer than 3 letters and digits'],
    ['falcon\n--\n', [], 'line 2 has no letter and no digit'],
    ['one two three four five', [], 'line 1 has more than 4 words'],
    ['', [], 'standard input holds no term'],
    ['falcon', ['--rule', 'a b'], '--rule: an id is'],
    ['falcon', ['--rule', 'taken'], 'rule "taken" is not of kind "term"'],
  ] as const)('%j %j is refused: %s', async ([stdin, options, said]) => {
    const source = 'schema = "leak-matrix/1"\n[[rules]]\nid = "taken"\nregex = "abcd"\n';
    await repo.write(FILE, source);
    expect(await add(stdin, ...options)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) as unknown });
    expect(file()).toBe(source);
  });

  test('without a key nothing is written, and none is made', async () => {
    const bare = { XDG_CONFIG_HOME: join(repo.dir, '.none') };
    const ran = await run(repo, ['leak', 'term', 'add'], { stdin: 'project falcon', env: bare });
    expect(ran).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no key to hash terms with\n  hint: kei-git leak key --new') as unknown,
    });
    expect(await run(repo, ['leak', 'key'], { env: bare })).toMatchObject({ code: 1 });
    expect(() => file()).toThrow('ENOENT');
  });

  test('a broken file stays as it is', async () => {
    await repo.write(FILE, 'schema = \n');
    expect(await add('project falcon')).toMatchObject({ code: 2, err: expect.stringContaining(`${FILE}:1:`) as unknown });
    expect(file()).toBe('schema = \n');
    writeFileSync(join(repo.dir, FILE), 'schema = "leak-matrix/1"\nrules = [{ id = "x", kind = "term", description = "d" }]\n');
    expect(await add('project falcon')).toMatchObject({ code: 2, err: expect.stringContaining('nothing can be added to') as unknown });
  });
});

describe('check', () => {
  test('names the rule and the place, never the term', async () => {
    await add('Project Falcon');
    expect(await check('nothing here\nsee ProjectFalcon\n')).toEqual({ code: 1, out: '2:5: a term of leak/private-terms\n', err: '' });
    const json = await check('projectfalcon', '--format', 'json');
    expect(JSON.parse(json.out)).toEqual({ found: [{ rule: 'leak/private-terms', line: 1, column: 1 }], unlooked: [] });
    expect(await check('project x falcon')).toEqual({ code: 0, out: 'no known term\n', err: '' });
  });

  test('what cannot be looked for is exit code 3', async () => {
    await add('Project Falcon');
    expect(await run(repo, ['leak', 'term', 'check'], { stdin: 'x', env: { XDG_CONFIG_HOME: join(repo.dir, '.none') } })).toEqual({
      code: 3,
      out: `no known term\n1 term of leak/private-terms hashed with key ${id}, and there is no key here (kei-git leak key --import)\n`,
      err: '',
    });
  });

  test('without rules of terms it says so', async () => {
    expect(await check('x')).toEqual({ code: 0, out: 'there are no rules of terms here\n', err: '' });
  });
});

describe('lint', () => {
  test('says what shows a term, and what nobody can look for', async () => {
    await repo.write(
      FILE,
      'schema = "leak-matrix/1"\n[[rules]]\nid = "names"\ndescription = "about Project-Falcon"\nkind = "term"\ncategory = "patent-ip"\nterms = ["project falcon", "ProjectFalcon", "-"]\n',
    );
    const bad = await run(repo, ['leak', 'lint']);
    expect(bad.code).toBe(1);
    expect(bad.out).toContain(`${FILE}:7:28  warning  term 2 is the same as term 1 [leak-lint/duplicate-term]`);
    expect(bad.out).toContain(`${FILE}:7:45  error  term 3 has no letter and no digit [leak-lint/bad-term]`);
    await repo.write(FILE, file().replace(', "-"', ''));
    const shown = await run(repo, ['leak', 'lint']);
    expect(shown.out).toContain('error  the id, the description or the rationale of a rule holds a term [leak-lint/shown-term]');
    expect(shown.out).toContain('note  terms of rule "names" stand in clear: whoever reads the file knows them [leak-lint/plain-terms]');
    expect(`${bad.out}${shown.out}`).not.toMatch(/project.?falcon/i);
  });
});
