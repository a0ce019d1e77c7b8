import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { main } from '../../src/cli.ts';
import { captured, type Overrides } from '../captured.ts';
import { isolatedEnv, makeFolder, makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { serveGit, type GitServer, type ServeOptions } from '../servers.ts';

/** Repositories of other people on a server of their own. */
export interface Upstream {
  /** Folder of the bare repositories. */
  readonly root: string;
  /** Makes a repository; `work` is a clone that pushes. */
  add(name: string): Promise<UpstreamRepo>;
}

export interface UpstreamRepo {
  readonly work: TestRepo;
  readonly bare: TestRepo;
  /** Commits a change and gives its name; `tags` are put on it, those of `^name` annotated, moving those that are there. */
  release(files: Readonly<Record<string, string>>, ...tags: readonly string[]): Promise<string>;
}

const ACTION = 'name: an action\nruns:\n  using: composite\n  steps: []\n';

export const makeUpstream = async (): Promise<Upstream> => {
  const root = await makeFolder();
  const env = isolatedEnv(join(root, 'home'));
  await mkdir(join(root, 'home'));
  const top = openRepo(root, env);
  return {
    root,
    async add(name) {
      await mkdir(join(root, name, '..'), { recursive: true });
      await top.git('init', '--quiet', '--bare', '--initial-branch=main', `${name}.git`);
      const folder = join(root, 'work', name);
      await mkdir(folder, { recursive: true });
      await top.git('init', '--quiet', '--initial-branch=main', folder);
      const bare = openRepo(join(root, `${name}.git`), env);
      const work = openRepo(folder, env);
      await work.git('remote', 'add', 'origin', `file://${bare.dir}`);
      let count = 0;
      return {
        work,
        bare,
        async release(files, ...tags) {
          for (const [path, text] of Object.entries({ 'action.yml': ACTION, 'count.txt': `${name} ${++count}\n`, ...files }))
            await work.write(path, text);
          const commit = await work.commit(`release ${count}`);
          for (const tag of tags)
            await (tag.startsWith('^')
              ? work.git('tag', '--force', '--annotate', '-m', tag, tag.slice(1))
              : work.git('tag', '--force', tag));
          await work.git('push', '--quiet', '--force', 'origin', 'HEAD', '--tags');
          return commit;
        },
      };
    },
  };
};

/** A repository whose workflows are looked at, and the server that it is told to ask. */
export interface Place {
  readonly repo: TestRepo;
  readonly server: GitServer;
  /** Runs kei-git there. */
  kei(words: string, overrides?: Overrides): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

export const makePlace = async (upstream: Upstream, options: Partial<ServeOptions> = {}): Promise<Place> => {
  const server = await serveGit({ root: upstream.root, protocol: 'http', ...options });
  const repo = await makeRepo();
  const home = repo.env['HOME'] ?? '';
  return {
    repo,
    server,
    async kei(words, overrides = {}) {
      const context = captured(repo.dir, {
        ...overrides,
        env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), ...server.insteadOf('https://github.com/'), ...overrides.env },
      });
      const code = await main(words.split(' '), context);
      return { code, out: context.out(), err: context.err() };
    },
  };
};

/** A workflow with a step for each line. */
export const workflow = (...uses: readonly string[]): string =>
  `on: push\npermissions: {}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${uses.map((use) => `      - uses: ${use}\n`).join('')}`;
