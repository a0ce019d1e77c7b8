import { relative, resolve, sep } from 'node:path';
import type { Target } from '../check.ts';
import type { Context } from '../command.ts';
import { UsageError } from '../errors.ts';
import type { GateDoors } from '../gate/open.ts';
import { printable } from '../report/printable.ts';

/** As reports write it, relative to the repository's root; empty: all of it. @throws {UsageError} for a path outside it */
const insidePath = (path: string, root: string, cwd: string): string => {
  const inside = relative(root, resolve(cwd, path)).split(sep).join('/').replaceAll('%', '%25');
  if (inside === '..' || inside.startsWith('../')) throw new UsageError(`input paths: ${printable(path)} lies outside the repository`);
  return inside;
};

/**
 * Of a target only some files and folders. Messages stay: they travel with the commits, whatever these change.
 * @param paths from the folder we are in; none: all
 */
export const narrowed = async <C>(
  target: Target,
  paths: readonly string[],
  { cwd, env }: Context,
  { here, findRepository }: GateDoors<C>,
): Promise<Target> => {
  if (paths.length === 0) return target;
  const root = (await findRepository(here({ cwd, env }), env))?.root ?? cwd;
  const wanted = paths.map((path) => insidePath(path, root, cwd));
  if (wanted.includes('')) return target;
  if (target.changes === undefined) return { ...target, paths: wanted.map((path) => `:(literal)${path.replaceAll('%25', '%')}`) };
  const isWanted = (path: string): boolean => wanted.some((one) => path === one || path.startsWith(`${one}/`));
  return { ...target, changes: target.changes.filter(({ path, from }) => isWanted(path) || (from !== undefined && isWanted(from))) };
};
