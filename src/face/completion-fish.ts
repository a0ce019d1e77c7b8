import type { Candidates, Completions } from './completion.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

/** Arguments of `complete` for a value or an argument. */
const fill = (candidates: Candidates): string => {
  switch (candidates.kind) {
    case 'words':
      return `-x -a ${quoted(candidates.words.join(' '))}`;
    case 'file':
      return '-r -F';
    case 'directory':
      return `-x -a '(__fish_complete_directories)'`;
    case 'ref':
      return `-x -a '(git for-each-ref "--format=%(refname:short)" 2>/dev/null)'`;
    case 'nothing':
      return '-x';
  }
};

/** A fish completion script. */
export const fishCompletion = ({ commands, groups }: Completions): string => {
  const lines: string[] = [];
  const at = (place: string): string => `complete -c kei-git -n ${quoted(`__kei_git_at ${quoted(place)}`)}`;
  for (const [group, rows] of groups) {
    for (const [word, summary] of rows) lines.push(`${at(group)} -a ${quoted(word)} -d ${quoted(summary)}`);
  }
  lines.push(`${at('')} -l help -d 'show help'`, `${at('')} -l version -d 'show the version'`);
  for (const { name, options, argument } of commands) {
    if (argument.kind === 'file') lines.push(`${at(name)} -F`);
    else if (argument.kind !== 'nothing') lines.push(`${at(name)} ${fill(argument)}`);
    for (const { spellings, summary, value } of options) {
      const names = spellings
        .map((spelling) => (spelling.startsWith('--') ? `-l ${spelling.slice(2)}` : `-s ${spelling.slice(1)}`))
        .join(' ');
      lines.push(`${at(name)} ${names}${value === undefined ? '' : ` ${fill(value)}`} -d ${quoted(summary)}`);
    }
  }
  const names = commands.map(({ name }) => quoted(name)).join(' ');
  const groupNames = [...groups.keys()]
    .filter((group) => group !== '')
    .map(quoted)
    .join(' ');
  return `# Completion of kei-git for fish. Made by: kei-git completion fish

# Is the cursor behind this command, this group, or (empty) behind none?
function __kei_git_at
    set -l line (commandline -opc)
    set -e line[1]
    test "$line[1]" = help; and set -e line[1]
    set -l place ''
    if contains -- "$line[1] $line[2]" ${names}
        set place "$line[1] $line[2]"
    else if contains -- "$line[1]" ${names}
        set place $line[1]
    else if test (count $line) -eq 1; and contains -- "$line[1]" ${groupNames}
        set place $line[1]
    else if test (count $line) -gt 0
        return 1
    end
    test "$place" = "$argv[1]"
end

complete -c kei-git -f
${lines.join('\n')}
`;
};
