import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubToken } from '../leak/tokens.ts';
import { makeRepo, type RepoOptions, type TestRepo } from '../repo.ts';

/** A name that rules of the repository forbid. Made of parts, so that no file of ours holds it. */
export const CODENAME = ['per', 'egrine'].join('');
const NOWHERE = ['never', 'publish'].join('-');

/** Rules of a repository: a code name in any case, a folder and a mark that keep files at home. */
export const RULES = `schema = "leak-matrix/1"
[[rules]]
id = "codename"
description = "code name of a project"
regex = '''(?i)\\b(per[e]grine)'''
category = "private-project"
action = "substitute"
[[rules]]
id = "internal-folder"
description = "folder that stays at home"
path = '''^internal/'''
category = "private-project"
action = "exclude"
[[rules]]
id = "stays-home"
description = "mark of a file that stays at home"
regex = '''\\b(nev[e]r-publish)\\b'''
category = "private-project"
action = "exclude"
`;
export const SETTINGS = '[leak]\ncategories = ["secret", "private-project"]\n';

/** What must not be in the mirror, by where it was put. */
export type Planted = ReadonlyMap<string, string>;

export interface PlantedRepo {
  readonly repo: TestRepo;
  readonly secrets: Planted;
}

/** True where ssh-keygen can make signatures for git. */
export const canSign = ((): boolean => {
  try {
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'ENOENT';
  }
})();

/** A repository with a secret in every place that a history has, and with what histories have beside: merges, empty commits, links, submodules, signatures. */
export const makePlanted = async (options: RepoOptions = {}): Promise<PlantedRepo> => {
  const repo = await makeRepo(options);
  const secrets = new Map<string, string>();
  const plant = (where: string): string => {
    const secret = githubToken(`mirror ${where}`);
    secrets.set(where, secret);
    return secret;
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  secrets.set('code name', CODENAME);
  secrets.set('mark', NOWHERE);
  await repo.write('kei.toml', SETTINGS);
  await repo.write('leak-matrix/acme.toml', RULES);
  await repo.write('README.md', `# Tools of ${CODENAME}\n\nAlso written ${CODENAME.toUpperCase()}.\n`);
  await repo.write('config.yml', `token: ${plant('content')}\nport: 80\n`);
  await repo.write('dos.ini', `[a]\r\ntoken = ${plant('crlf')}\r\n`);
  await repo.write('encoded.txt', `data: ${base64(`token = "${plant('base64')}"`)}\n`);
  await repo.write('wide.txt', Buffer.from(`\ufefftoken = ${plant('utf-16')}\r\n`, 'utf16le'));
  await repo.write('binary.dat', Buffer.from([0, 1, 2, 255, 254, 0]));
  await repo.write('run.sh', '#!/bin/sh\necho hi\n', 0o755);
  await repo.write('internal/plan.md', `${plant('excluded folder')}\n`);
  await repo.write('notes.md', `this file: ${NOWHERE}\n${plant('excluded content')}\n`);
  await repo.write(`${CODENAME}/deep/file.txt`, 'in a folder that has the name\n');
  await repo.write(`keys/${plant('path')}.txt`, 'a secret for a name\n');
  await repo.write('line\nbreak "q".txt', 'odd name\n');
  await repo.write('old.txt', `removed soon: ${plant('removed later')}\n`);
  symlinkSync(`/opt/${plant('link')}/x`, join(repo.dir, 'link'));
  symlinkSync('internal/plan.md', join(repo.dir, 'dangling'));
  writeFileSync(Buffer.concat([Buffer.from(`${repo.dir}/latin-`), Buffer.from([0xe9]), Buffer.from('.txt')]), 'no UTF-8 in its name\n');
  await repo.commit(`first\n\nwith ${plant('message')} for ${CODENAME}`);
  const first = await repo.git('rev-parse', 'HEAD');
  await repo.git('rm', '--quiet', 'old.txt');
  await repo.commit(`remove a file that ${first} and ${first.slice(0, 14)} had`);
  await repo.commit('empty');
  // A merge, with a side that has something of its own.
  await repo.git('checkout', '--quiet', '-b', 'side', first);
  await repo.write('side.txt', `only here: ${plant('side branch')}\n`);
  await repo.commit('side');
  await repo.git('checkout', '--quiet', 'main');
  await repo.gitWith({ env: DATE(1_700_010_000) }, 'merge', '--quiet', '--no-ff', '-m', `merge side\n\n${plant('merge message')}`, 'side');
  // Somebody whose name and address say too much, in an old encoding.
  await repo.write('more.txt', 'more\n');
  await repo.git('add', '.');
  await repo.gitWith(
    {
      stdin: Buffer.from('caf\xe9 and more\n', 'latin1'),
      env: { ...DATE(1_700_020_000), GIT_AUTHOR_NAME: `Team ${CODENAME}`, GIT_AUTHOR_EMAIL: `dev@${CODENAME}.example` },
    },
    '-c',
    'i18n.commitEncoding=ISO-8859-1',
    'commit',
    '--quiet',
    '-F',
    '-',
  );
  // A submodule.
  const other = await repo.git('rev-parse', 'HEAD');
  await repo.write('.gitmodules', `[submodule "lib"]\n\tpath = lib\n\turl = https://git.${CODENAME}.example/lib\n`);
  await repo.git('add', '.gitmodules');
  await repo.git('update-index', '--add', '--cacheinfo', `160000,${other},lib`);
  await repo.gitWith({ env: DATE(1_700_030_000) }, 'commit', '--quiet', '-m', 'submodule');
  if (canSign) await sign(repo);
  await repo.gitWith({ env: DATE(1_700_050_000) }, 'tag', '-a', 'v1', '-m', `release\n\n${plant('tag message')}`);
  await repo.gitWith({ env: DATE(1_700_050_000) }, 'tag', '-a', 'nested', '-m', 'a tag of a tag', 'v1');
  await repo.git('tag', 'light', first);
  await repo.git('tag', `for-${CODENAME}`, first);
  await repo.git('tag', 'of-a-file', 'HEAD:run.sh');
  await repo.git('branch', 'unmerged-work');
  await repo.git('notes', 'add', '-m', `note ${plant('note')}`, first);
  return { repo, secrets };
};

const DATE = (seconds: number): Record<string, string> => ({
  GIT_AUTHOR_DATE: `${seconds} +0530`,
  GIT_COMMITTER_DATE: `${seconds} -0300`,
});

/** A commit and a tag with SSH signatures. */
const sign = async (repo: TestRepo): Promise<void> => {
  const key = join(repo.dir, '..', 'signing');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  chmodSync(key, 0o600);
  const signing = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key}`];
  await repo.gitWith({ env: DATE(1_700_040_000) }, ...signing, 'commit', '--quiet', '-S', '--allow-empty', '-m', 'signed');
  await repo.gitWith({ env: DATE(1_700_041_000) }, ...signing, 'tag', '-s', 'signed-tag', '-m', 'signed tag');
};
