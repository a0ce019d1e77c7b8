import { quoted, type Candidates, type Completions } from './completion.ts';

const fill = (candidates: Candidates): string => {
  switch (candidates.kind) {
    case 'words':
      return `found=(${candidates.words.map(quoted).join(' ')}); compadd -a found`;
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'ref':
      return `found=(\${(f)"$(git for-each-ref '--format=%(refname:short)' 2>/dev/null)"}); compadd -a found`;
    case 'nothing':
      return ':';
  }
};

/** `name:summary` as _describe splits it. */
const described = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, summary]) => quoted(`${name.replaceAll(':', String.raw`\:`)}:${summary}`)).join(' ');

/** A zsh completion script, to be sourced or saved as `_kei-git` in a directory of fpath. */
export const zshCompletion = ({ commands, groups }: Completions): string => {
  const patterns = (wanted: (name: string) => boolean): string =>
    commands
      .filter(({ name }) => wanted(name))
      .map(({ name }) => quoted(name))
      .join('|') || "''";
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ spellings, value }) =>
      value === undefined
        ? []
        : [`    (${spellings.map((spelling) => quoted(`${name} ${spelling}`)).join('|')}) ${fill(value)}; return ;;`],
    ),
  );
  const names = commands.map(({ name, options, argument }) => {
    const rows = options.flatMap(({ spellings, summary }) => spellings.map((spelling) => [spelling, summary] as const));
    return `    (${quoted(name)})
      if [[ $current == -* && -z $plain ]]; then found=(${described(rows)}); _describe -o option found
      else ${fill(argument)}; fi ;;`;
  });
  const firstWords = [...groups].map(([group, rows]) => {
    const all = group === '' ? [...rows, ['--help', 'show help'] as const, ['--version', 'show the version'] as const] : rows;
    return `    (${quoted(group)}) found=(${described(all)}); _describe command found ;;`;
  });
  return `#compdef kei-git
# Completion of kei-git for zsh. Made by: kei-git completion zsh

_kei_git() {
  emulate -L zsh
  local current=$words[CURRENT] option= name= plain=
  local -a line found
  (( CURRENT > 2 )) && line=("\${(@)words[2,CURRENT-1]}")
  (( \${line[(I)--]} )) && plain=1
  [[ \${line[1]-} == help ]] && shift line

  if [[ $current == --*=* ]]; then
    option=\${current%%=*}
    compset -P '*='
  elif (( CURRENT > 2 )); then
    option=$words[CURRENT-1]
  fi

  case "\${line[1]-} \${line[2]-}" in
    (${patterns((name) => name.includes(' '))}) name="$line[1] $line[2]" ;;
    (*) case "\${line[1]-}" in (${patterns((name) => !name.includes(' '))}) name=$line[1] ;; esac ;;
  esac

  if [[ -z $name ]]; then
    (( $#line > 1 )) && return
    case "\${line[1]-}" in
${firstWords.join('\n')}
    esac
    return
  fi

  [[ -z $plain ]] && case "$name $option" in
${values.join('\n')}
    (*) ;;
  esac
  case $name in
${names.join('\n')}
  esac
}

# Autoloaded from fpath it runs; sourced it only registers.
if [[ $funcstack[1] == _kei-git ]]; then _kei_git "$@"; else compdef _kei_git kei-git; fi
`;
};
