import { parse, sep } from 'node:path';

/** True for a folder and what lies in it, by their absolute paths. The root of the file system contains nothing here: a rule about it would forbid all. */
export const isInside = (path: string, root: string): boolean =>
  parse(root).root !== root && (path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));
