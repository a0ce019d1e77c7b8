// Names that people take for other names. What is not ASCII is refused where references are read: no forge has such names.

/** Owners whose actions many workflows use. */
const KNOWN = [
  'actions', 'aws-actions', 'azure', 'cloudflare', 'codecov', 'dependabot', 'docker', 'dtolnay', 'github', 'golangci', 'google-github-actions',
  'goreleaser', 'gradle', 'hashicorp', 'microsoft', 'ossf', 'peter-evans', 'peaceiris', 'pnpm', 'pypa', 'ruby', 'shivammathur', 'sigstore',
  'softprops', 'step-security',
] as const; // prettier-ignore

/** Letters that look alike become one. */
const skeleton = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll(/[1i|]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('5', 's')
    .replaceAll(/[_.]/g, '-');

const SKELETONS: ReadonlyMap<string, string> = new Map(KNOWN.map((name) => [skeleton(name), name]));

/** The known owner that a name looks like and is not. */
export const looksLike = (owner: string): string | undefined => {
  const known = SKELETONS.get(skeleton(owner));
  return known === undefined || known === owner.toLowerCase() ? undefined : known;
};
