import { appendFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isolatedEnv, makeFolder, openRepo, type TestRepo } from './repo.ts';

/** Object names of a repository that has one of each kind. */
export interface Specimens {
  /** Tip of the default branch. */
  readonly tip: string;
  /** Commit that a lightweight tag, `v1.0.0`, points to. Not the tip of a branch. */
  readonly tagged: string;
  /** Commit behind the annotated tag `v2.0.0`, and behind `v2-nested`, a tag of that tag. */
  readonly annotated: string;
  /** On the default branch, without a ref of its own. */
  readonly old: string;
  /** Tip of `releases/v2`, which is not merged, and its parent. */
  readonly branchTip: string;
  readonly branchOnly: string;
  /** On no branch, before the tag `v0-release`. */
  readonly tagOnly: string;
  /** Head of pull request 7, and its parent. */
  readonly pullRequest: string;
  readonly pullRequestOld: string;
  /** Was the tip of a branch until a forced push. */
  readonly forcedAway: string;
  /** Was the tip of a branch that was deleted. */
  readonly deletedBranch: string;
  /** Of a fork, in whose objects the server looks too. */
  readonly fork: string;
  readonly tagObject: string;
  readonly nestedTagObject: string;
  /** A tag object that only a tag of it names. */
  readonly innerTagObject: string;
  readonly innerTagged: string;
  /** Of a tag that was deleted, of a commit that is on the default branch. */
  readonly deletedTagObject: string;
  /** A tag object of the fork's commit. */
  readonly forkTagObject: string;
  readonly treeTagObject: string;
  readonly tree: string;
  readonly blob: string;
  readonly fabricated: string;
}

export interface SpecimenRepo {
  /** Folder of the server: the repository is `act/ion.git` in it. */
  readonly root: string;
  readonly path: 'act/ion.git';
  /** The server's repository. */
  readonly bare: TestRepo;
  /** A clone that can push to it. */
  readonly work: TestRepo;
  readonly oids: Specimens;
}

/** A server's repository with one of each kind of object. */
export const makeSpecimens = async (format: 'sha1' | 'sha256' = 'sha1'): Promise<SpecimenRepo> => {
  const root = await makeFolder();
  const home = join(root, 'home');
  await mkdir(join(root, 'act'), { recursive: true });
  await mkdir(home);
  const env = isolatedEnv(home);
  const top = openRepo(root, env);
  const made = ['--quiet', '--initial-branch=main', `--object-format=${format}`];
  await top.git('init', '--bare', ...made, 'act/ion.git');
  await top.git('init', ...made, 'work');
  const bare = openRepo(join(root, 'act/ion.git'), env);
  const work = openRepo(join(root, 'work'), env);
  await work.git('remote', 'add', 'origin', `file://${bare.dir}`);
  const commits: string[] = [];
  for (let i = 1; i <= 5; i++) {
    await work.write('action.yml', `name: act ${i}\nruns:\n  using: composite\n  steps: []\n`);
    await work.write('sub/action.yml', `name: sub ${i}\n`);
    commits.push(await work.commit(`commit ${i}`));
  }
  const [old = '', tagged = '', annotated = '', fourth = '', tip = ''] = commits;
  const away = async (from: string, branch: string, count = 1): Promise<string> => {
    await work.git('checkout', '--quiet', '-B', branch, from);
    for (let i = 0; i < count; i++) {
      await work.write('action.yml', `name: ${branch} ${i}\n`);
      await work.commit(`${branch} ${i}`);
    }
    return await work.git('rev-parse', 'HEAD');
  };
  await work.git('tag', 'v1.0.0', tagged);
  await work.git('tag', '--annotate', '-m', 'two', 'v2.0.0', annotated);
  await work.git('tag', '--annotate', '-m', 'nested', 'v2-nested', 'v2.0.0');
  await work.git('tag', '--annotate', '-m', 'inner', 'inner', fourth);
  const innerTagObject = await work.git('rev-parse', 'inner');
  await work.git('tag', '--annotate', '-m', 'outer', 'outer', 'inner');
  await work.git('tag', '--delete', 'inner');
  await work.git('push', '--quiet', 'origin', 'main', '--tags');
  const forcedAway = await away(tip, 'moves');
  await work.git('push', '--quiet', 'origin', 'moves');
  await work.git('checkout', '--quiet', '-B', 'moves', fourth);
  await work.git('push', '--quiet', '--force', 'origin', 'moves');
  const deletedBranch = await away(tip, 'gone');
  await work.git('push', '--quiet', 'origin', 'gone');
  await work.git('push', '--quiet', 'origin', ':gone');
  const branchTip = await away(fourth, 'releases/v2', 2);
  await work.git('push', '--quiet', 'origin', 'releases/v2');
  const release = await away(tagged, 'release', 2);
  await work.git('tag', 'v0-release', release);
  await work.git('push', '--quiet', 'origin', 'v0-release');
  const pullRequest = await away(tip, 'evil', 2);
  await work.git('push', '--quiet', 'origin', 'evil:refs/pull/7/head');
  await work.git('tag', '--annotate', '-m', 'deleted', 'deleted', old);
  const deletedTagObject = await work.git('rev-parse', 'deleted');
  await work.git('push', '--quiet', 'origin', 'deleted');
  await work.git('push', '--quiet', 'origin', ':deleted');
  await work.git('tag', '--annotate', '-m', 'tree', 'tree', `${old}^{tree}`);
  const treeTagObject = await work.git('rev-parse', 'tree');
  await work.git('push', '--quiet', 'origin', 'tree');
  await work.git('push', '--quiet', 'origin', ':tree');
  await top.git('clone', '--quiet', '--bare', 'act/ion.git', 'fork.git');
  const fork = await away(tip, 'forked');
  await work.git('tag', '--annotate', '-m', 'forked', 'forked-tag', fork);
  await work.git('push', '--quiet', `file://${join(root, 'fork.git')}`, 'forked:refs/heads/forked', 'refs/tags/forked-tag');
  appendFileSync(join(bare.dir, 'objects/info/alternates'), `${join(root, 'fork.git/objects')}\n`);
  const name = (revision: string): Promise<string> => work.git('rev-parse', revision);
  return {
    root,
    path: 'act/ion.git',
    bare,
    work,
    oids: {
      tip,
      tagged,
      annotated,
      old,
      branchTip,
      branchOnly: await name('releases/v2^'),
      tagOnly: await name('v0-release^'),
      pullRequest,
      pullRequestOld: await name('evil^'),
      forcedAway,
      deletedBranch,
      fork,
      tagObject: await name('v2.0.0'),
      nestedTagObject: await name('v2-nested'),
      innerTagObject,
      innerTagged: fourth,
      deletedTagObject,
      forkTagObject: await name('forked-tag'),
      treeTagObject,
      tree: await name(`${annotated}^{tree}`),
      blob: await name(`${annotated}:action.yml`),
      fabricated: 'deadbeef'.repeat(format === 'sha256' ? 8 : 5),
    },
  };
};
