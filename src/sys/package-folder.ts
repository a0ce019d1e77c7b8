import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

declare const __dirname: string | undefined;

/** The folder of kei-git's own package, where leak-matrix/ lies; undefined when the program was taken out of it. */
export function packageFolder(): string | undefined {
  if (typeof __dirname !== 'string') return undefined;
  for (let folder = __dirname, up = dirname(folder); up !== folder; folder = up, up = dirname(folder))
    if (existsSync(join(up, 'leak-matrix')) && existsSync(join(up, 'package.json'))) return up;
  return undefined;
}
