import { quoted, type Candidates, type Completions } from './completion.ts';

// Bash 3.2, which macOS has, knows neither mapfile nor compopt.
const fill = (candidates: Candidates): string => {
  switch (candidates.kind) {
    case 'words':
      return `_kei_git_words ${quoted(candidates.words.join('\n'))}`;
    case 'file':
      return '_kei_git_paths -f';
    case 'directory':
      return '_kei_git_paths -d';
    case 'ref':
      return `_kei_git_words "$(git for-each-ref '--format=%(refname:short)' 2>/dev/null)"`;
    case 'nothing':
      return ':';
  }
};

const words = (list: readonly string[]): string => quoted(list.join('\n'));

/** A bash completion script: all names are in it, so completing starts no Node. */
export const bashCompletion = ({ commands, groups }: Completions): string => {
  const two = commands.filter(({ name }) => name.includes(' '));
  const one = commands.filter(({ name }) => !name.includes(' '));
  const patterns = (names: readonly string[]): string => names.map(quoted).join('|') || "''";
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ spellings, value }) =>
      value === undefined ? [] : [`    ${spellings.map((spelling) => quoted(`${name} ${spelling}`)).join('|')}) ${fill(value)}; return ;;`],
    ),
  );
  const names = commands.map(
    ({ name, options, argument }) =>
      `    ${quoted(name)})\n      if [[ $cur == -* && -z $plain ]]; then _kei_git_words ${words(options.flatMap(({ spellings }) => spellings))}\n      else ${fill(argument)}; fi ;;`,
  );
  const firstWords = [...groups].map(
    ([group, rows]) =>
      `    ${quoted(group)}) _kei_git_words ${words([...rows.map(([word]) => word), ...(group === '' ? ['--help', '--version'] : [])])} ;;`,
  );
  return `# Completion of kei-git for bash. Made by: kei-git completion bash

_kei_git_words() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$cur"* ]] && COMPREPLY+=("$word")
  done <<<"$1"
  return 0
}

_kei_git_paths() {
  local word
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$1" -- "$cur")
  return 0
}

_kei_git() {
  local cur=\${COMP_WORDS[COMP_CWORD]} option='' name='' plain='' i
  local -a line=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] && plain=1
    line+=("\${COMP_WORDS[i]}")
  done
  [[ \${line[0]-} == help ]] && line=("\${line[@]:1}")

  # Bash makes three words of --name=value.
  if [[ $cur == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD-1]} cur=''
  elif [[ \${COMP_WORDS[COMP_CWORD-1]} == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD-2]}
  else
    option=\${COMP_WORDS[COMP_CWORD-1]}
  fi

  case "\${line[0]-} \${line[1]-}" in
    ${patterns(two.map(({ name }) => name))}) name="\${line[0]} \${line[1]}" ;;
    *) case "\${line[0]-}" in ${patterns(one.map(({ name }) => name))}) name=\${line[0]} ;; esac ;;
  esac

  if [[ -z $name ]]; then
    [[ \${#line[@]} -gt 1 ]] && return
    case "\${line[0]-}" in
${firstWords.join('\n')}
    esac
    return
  fi

  [[ -z $plain ]] && case "$name $option" in
${values.join('\n')}
    *) ;;
  esac
  case $name in
${names.join('\n')}
  esac
}

complete -F _kei_git kei-git
`;
};
