import type { CacheStore } from '../../src/command.ts';
import { main } from '../../src/cli.ts';
import { captured, type Overrides } from '../captured.ts';
import type { TestRepo } from '../repo.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs kei-git in a repository or a folder. */
export const run = async (where: TestRepo | string, argv: readonly string[], overrides: Overrides = {}): Promise<Ran> => {
  const env = typeof where === 'string' ? {} : where.env;
  const context = captured(typeof where === 'string' ? where : where.dir, { ...overrides, env: { ...env, ...overrides.env } });
  const code = await main(argv, context);
  return { code, out: context.out(), err: context.err() };
};

/** A token that no rule file holds: made of parts, so that it stands in no file. */
export const GITLAB = ['glpat', 'x8Kd02mLq9Zr5TyUw3Vb'].join('-');

/** A cache that lives as long as the test file. */
export const memoryCache = (): CacheStore => {
  const kept = new Map<string, Uint8Array>();
  return { read: (name) => kept.get(name), write: (name, bytes) => void kept.set(name, Uint8Array.from(bytes)) };
};
