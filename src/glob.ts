const escape = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, '\\$&');

/**
 * A test of paths by a glob: `*` stands for anything but `/`, `**` for any folders, `?` for one character. A glob without `/` is about the file's
 * name in every folder; one that ends in `/` is about all below.
 */
export const globTest = (glob: string): ((path: string) => boolean) => {
  const anchored = glob.replace(/^\.?\//, '');
  const below = anchored.endsWith('/') ? `${anchored}**` : anchored;
  const inFolder = below.replace(/\/\*\*$/, '').includes('/') || glob.startsWith('/') || below.endsWith('/**');
  const source = below
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => (part === '**/' ? '(?:[^/]*/)*' : part === '**' ? '.*' : part === '*' ? '[^/]*' : part === '?' ? '[^/]' : escape(part)))
    .join('');
  const test = new RegExp(`^${inFolder ? '' : '(?:.*/)?'}${source}$`, 's');
  return (path) => test.test(path);
};
