/** `one`: a character; `many`: any but `/`; `all`: any; `folders`: any folders, or none. */
type Token = string | { readonly kind: 'one' | 'many' | 'all' | 'folders' };

const tokensOf = (glob: string): readonly Token[] =>
  glob.split(/(\*\*\/|\*\*|\*|\?)/).flatMap((part): readonly Token[] => {
    if (part === '**/') return [{ kind: 'folders' }];
    if (part === '**') return [{ kind: 'all' }];
    if (part === '*') return [{ kind: 'many' }];
    return part === '?' ? [{ kind: 'one' }] : part.split('');
  });

// A token may be waited at, or, of `folders`, be within a folder's name: twice its place, and one more.

/** Puts in what may be waited at without a further character. */
const reach = (states: Set<number>, from: number, tokens: readonly Token[]): void => {
  for (let at = from; ; at++) {
    states.add(2 * at);
    const token = tokens[at];
    if (token === undefined || typeof token === 'string' || token.kind === 'one') return;
  }
};

const step = (states: ReadonlySet<number>, character: string, tokens: readonly Token[]): Set<number> => {
  const next = new Set<number>();
  const isSlash = character === '/';
  for (const state of states) {
    const at = state >> 1;
    const token = tokens[at];
    if (token === undefined) continue;
    if (typeof token === 'string') {
      if (token === character) reach(next, at + 1, tokens);
    } else if (token.kind === 'folders') {
      if (isSlash) reach(next, at, tokens);
      else next.add(2 * at + 1);
    } else if (token.kind === 'all' || !isSlash) reach(next, token.kind === 'one' ? at + 1 : at, tokens);
  }
  return next;
};

/** Time is at most glob × path, whatever a repository's settings say. */
const matches = (tokens: readonly Token[], path: string, begin: number): boolean => {
  let states = new Set<number>();
  reach(states, 0, tokens);
  for (let at = begin; at < path.length && states.size > 0; at++) states = step(states, path[at] ?? '', tokens);
  return states.has(2 * tokens.length);
};

/**
 * A test of paths by a glob: `*` stands for anything but `/`, `**` for any folders, `?` for one character. A glob without `/` is about the file's
 * name in every folder; one that ends in `/` is about all below.
 */
export const globTest = (glob: string): ((path: string) => boolean) => {
  const anchored = glob.replace(/^\.?\//, '');
  const below = anchored.endsWith('/') ? `${anchored}**` : anchored;
  const inFolder = below.replace(/\/\*\*$/, '').includes('/') || glob.startsWith('/') || below.endsWith('/**');
  const tokens = tokensOf(below);
  // What stands there as it is tells most paths apart.
  const head = /^[^*?]*/.exec(below)?.[0] ?? '';
  const tail = /[^*?/]*$/.exec(below)?.[0] ?? '';
  const rest = tokens.slice(head.length);
  if (inFolder) return (path) => path.startsWith(head) && path.endsWith(tail) && matches(rest, path, head.length);
  const isName = tokens.every((token) => typeof token === 'string' || token.kind !== 'all');
  if (!isName) return (path) => matches([{ kind: 'folders' }, ...tokens], path, 0);
  return (path) => {
    if (!path.endsWith(tail)) return false;
    const name = path.lastIndexOf('/') + 1;
    return path.startsWith(head, name) && matches(rest, path, name + head.length);
  };
};
