// Who may import whom; the number in a comment is that of the rule in CONTRIBUTING.md.
// A room may import the rooms of the lines before its own, never its neighbours. A new room gets its place here before its first file.
const LEVELS = [
  ['regex', 'decode', 'archive', 'values', 'terms', 'uses', 'markdown'],
  ['contexts'],
  ['expression', 'imports', 'pins', 'lint', 'lock'],
  ['structure', 'audit'],
  ['rules'],
  ['engine'],
  ['substitute'],
  ['leak', 'workflow', 'counts', 'llm'],
  ['gate', 'jobs', 'guard', 'ledger', 'mirror', 'gitleaks'],
  ['hook', 'agents', 'fork', 'action'],
];
/** Rooms of checks: the gate knows them by the rows of its table only. */
const CHECKED = LEVELS.find((names) => names.includes('leak'));

const any = (names) => `(${names.join('|')})`;
const room = (names) => `^src/${any(names)}/`;
const ROOMS = LEVELS.flat();
const WORDS = ['report', 'config'];
const ALL = [...ROOMS, ...WORDS, 'face', 'git', 'sys'];
const ENTRIES = '^src/(bin|hook|action|worker|cli|index)\\.ts$';
const ROOT_WORDS = '^src/(?!(bin|hook|action|worker|cli|index)\\.ts$)[^/]+\\.ts$';
const COMMAND = '^src/[^/]+/[^/]+\\.command\\.ts$';
const EVENTS = '^src/hook/table\\.ts$';
const EFFECTS = room(['git', 'sys']);
const SYSTEM = '^(node:)?(fs|child_process|https?|http2|net|tls|dgram)(/|$)|(^|node_modules/)execa(/|$)';
const LAZY = ['dynamic-import', 'type-only'];

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** For each level: a room sees neither its neighbours nor what lies above. */
const levels = LEVELS.flatMap((names, level) =>
  names.map((name) => {
    const out = [...names.filter((other) => other !== name), ...LEVELS.slice(level + 1).flat()];
    return rule(
      'rooms-import-downwards',
      `${name}/ may import words and the levels below it; what two rooms of a level need moves down`,
      { path: room([name]), pathNot: COMMAND },
      { path: room([...out, 'face']), pathNot: COMMAND },
    );
  }),
);

module.exports = {
  forbidden: [
    rule('no-cycles', '1: no cycles', {}, { circular: true }),
    ...levels,
    rule(
      'words-import-only-words',
      '1: report/, config/ and the files at the root know no room',
      { path: [room(WORDS), ROOT_WORDS] },
      { path: room([...ROOMS, 'face']), pathNot: COMMAND },
    ),
    rule(
      'face-imports-only-words',
      '1: parsing, help and completion work from declarations',
      { path: '^src/face/' },
      { path: room(ROOMS), pathNot: COMMAND },
    ),
    rule(
      'effects-know-no-room',
      '1: git/ and sys/ may import words',
      { path: EFFECTS },
      { path: room([...ROOMS, 'face']), pathNot: COMMAND },
    ),
    rule(
      'nothing-imports-an-entry',
      '1: entries are the top; only they import cli.ts',
      { path: '^src/', pathNot: ENTRIES },
      { path: ENTRIES },
    ),
    rule('rooms-have-a-level', '2: a room that is not in LEVELS is under no rule', {}, { path: '^src/[^/]+/', pathNot: room(ALL) }),
    rule('rooms-have-a-level', '2: likewise', { path: '^src/[^/]+/', pathNot: room(ALL) }, { path: '^src/', pathNot: '^src/[^/]+/' }),
    rule('rooms-are-flat', '2: depth 2', {}, { path: `${room(ALL)}[^/]+/` }),
    rule(
      'only-commands-and-entries-use-effects',
      '3: pure files and checks get the world as arguments',
      { path: '^src/', pathNot: [COMMAND, '^src/(bin|hook|action|worker|cli)\\.ts$', EFFECTS] },
      { path: EFFECTS },
    ),
    rule(
      'only-git-and-sys-touch-the-system',
      '4: files, processes and the network are behind git/ and sys/',
      { path: '^src/', pathNot: EFFECTS },
      { path: SYSTEM },
    ),
    rule(
      'only-git-imports-git-libraries',
      '4: one door to git',
      { path: '^src/', pathNot: '^src/git/' },
      { path: '(^|node_modules/)(simple-git|isomorphic-git)(/|$)' },
    ),
    rule(
      'only-the-database-imports-sqlite',
      '4: never on the hook path',
      { path: '^src/', pathNot: '^src/sys/database\\.ts$' },
      { path: '(^|node_modules/)better-sqlite3(/|$)|^(node:)?sqlite$' },
    ),
    rule('commands-do-not-import-commands', '5: they share a pure function', { path: COMMAND }, { path: COMMAND }),
    rule(
      'commands-are-loaded-by-the-table',
      '6: cli.ts is the table, hook/table.ts that of events; nobody else loads a command',
      { path: '^src/', pathNot: [COMMAND, '^src/cli\\.ts$', EVENTS] },
      { path: COMMAND },
    ),
    rule(
      'commands-are-loaded-lazily',
      '6: a cold --help loads no command',
      { path: ['^src/cli\\.ts$', EVENTS] },
      { path: COMMAND, dependencyTypesNot: LAZY },
    ),
    rule(
      'checks-are-loaded-by-the-table',
      '6: gate/table.ts is the table; the gate calls no room by name',
      { path: '^src/gate/', pathNot: [COMMAND, '^src/gate/table\\.ts$'] },
      { path: room(CHECKED), pathNot: COMMAND },
    ),
    rule(
      'checks-are-loaded-lazily',
      '6: a check costs nothing where it does not apply',
      { path: '^src/gate/table\\.ts$' },
      { path: room(CHECKED), pathNot: COMMAND, dependencyTypesNot: LAZY },
    ),
    rule('no-index-in-rooms', '7: barrels make cycles', {}, { path: '^src/[^/]+/index\\.ts$' }),
    rule('everything-resolves', 'an import that leads nowhere', { path: '^src/' }, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // an import of types binds two rooms as well
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
