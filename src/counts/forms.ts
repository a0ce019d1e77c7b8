/** How comments are written in a file. */
export interface CommentForm {
  /** Around a comment that may end within a line. */
  readonly block?: readonly [open: string, close: string];
  /** Before a comment that goes to the end of the line. */
  readonly line?: string;
}

export type FileForm = { readonly kind: 'markdown' } | { readonly kind: 'html' } | ({ readonly kind: 'code' } & CommentForm);

const C: CommentForm = { block: ['/*', '*/'], line: '//' };
const HASH: CommentForm = { line: '#' };

/** By the end of a file's name. */
const FAMILIES: readonly (readonly [names: string, form: CommentForm])[] = [
  [
    'c cc cpp cs cts cxx dart go gradle groovy h hh hpp java js json5 jsonc jsx kt kts less m mjs cjs mts php proto rs sass scala scss swift ts tsx zig',
    C,
  ],
  ['css', { block: ['/*', '*/'] }],
  ['sql', { block: ['/*', '*/'], line: '--' }],
  ['lua hs elm ada adb ads', { line: '--' }],
  [
    'toml yaml yml py pyi rb sh bash zsh fish pl pm r jl nix tf tfvars hcl mk cmake conf cfg ini properties editorconfig env ex exs gitignore gitattributes dockerignore ps1 tcl awk graphql',
    HASH,
  ],
  ['clj cljs el lisp scm asm', { line: ';' }],
  ['tex sty bib erl hrl', { line: '%' }],
];

const BY_END: ReadonlyMap<string, CommentForm> = new Map(FAMILIES.flatMap(([names, form]) => names.split(' ').map((name) => [name, form])));

const MARKDOWN = /\.(?:md|markdown|mdown|mkd|mkdn|qmd|rmd)$/i;
const HTML = /\.(?:html?|xhtml|xml|svg|vue|svelte|astro)$/i;
const HASHED_NAME =
  /(?:^|\/)(?:[\w.-]*Makefile|[\w.-]*Dockerfile|Containerfile|Gemfile|Rakefile|Vagrantfile|Brewfile|Justfile|CODEOWNERS)$/i;

/** How markers are written in a file, by its name; undefined: nobody knows its comments. */
export const formOf = (path: string): FileForm | undefined => {
  if (MARKDOWN.test(path)) return { kind: 'markdown' };
  if (HTML.test(path)) return { kind: 'html' };
  if (HASHED_NAME.test(path)) return { kind: 'code', ...HASH };
  const form = BY_END.get(/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '');
  return form && { kind: 'code', ...form };
};
