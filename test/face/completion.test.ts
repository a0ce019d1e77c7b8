import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bashCompletion } from '../../src/face/completion-bash.ts';
import { fishCompletion } from '../../src/face/completion-fish.ts';
import { zshCompletion } from '../../src/face/completion-zsh.ts';
import { completions } from '../../src/face/completion.ts';
import { loaded } from './commands.ts';

const all = completions(loaded);
let dir = '';

const run = (program: string, args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(program, args, {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, HOME: dir, XDG_CONFIG_HOME: dir, GIT_CONFIG_NOSYSTEM: '1', ...env },
  });
const has = (program: string): boolean => spawnSync(program, ['-c', 'exit 0']).status === 0;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'kei-completion-'));
  mkdirSync(join(dir, 'src dir'));
  writeFileSync(join(dir, 'src file'), '');
  run('git', ['init', '-q', '-b', 'trunk']);
  run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '-q', '--allow-empty', '-m', 'x']);
  run('git', ['tag', 'v1']);
  for (const [name, script] of [
    ['bash', bashCompletion(all)],
    ['_kei-git', zshCompletion(all)],
    ['fish', fishCompletion(all)],
  ] as const)
    writeFileSync(join(dir, `.${name}`), script);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The words before the cursor, and what is offered there. */
const CASES: readonly { readonly line: readonly string[]; readonly offers: readonly string[]; readonly fishToo?: false }[] = [
  { line: [''], offers: ['check', 'completion', 'help', 'leak'] },
  { line: ['c'], offers: ['check', 'completion'] },
  { line: ['leak', ''], offers: ['lint', 'scan'] },
  { line: ['leak', 's'], offers: ['scan'] },
  { line: ['help', 'leak', ''], offers: ['lint', 'scan'] },
  { line: ['leak', 'nothing', ''], offers: [] },
  { line: ['check', '--'], offers: ['--base', '--format', '--help', '--reason', '--staged'] },
  { line: ['check', '--f'], offers: ['--format'] },
  { line: ['check', '--format', ''], offers: ['json', 'sarif', 'text'] },
  { line: ['check', '--format', 's'], offers: ['sarif'] },
  { line: ['check', '-f', 'j'], offers: ['json'] },
  { line: ['check', '--base', ''], offers: ['trunk', 'v1'] },
  { line: ['check', '--reason', ''], offers: [] },
  { line: ['check', 'src'], offers: ['src dir/', 'src file'] },
  { line: ['leak', 'scan', '--rules', 'src'], offers: ['src dir/', 'src file'] },
  { line: ['leak', 'scan', 'src'], offers: ['src dir/'] },
  { line: ['leak', 'scan', '--root', 'src'], offers: ['src dir/'] },
  { line: ['completion', ''], offers: ['bash', 'fish', 'zsh'] },
  { line: ['check', '--', '--f'], offers: [] },
];

const sorted = (lines: string): readonly string[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .sort();

describe('bash', () => {
  const bash = (words: readonly string[]): readonly string[] => {
    const { stdout, stderr, status } = run('bash', [
      '--norc',
      '-c',
      'source ./.bash; COMP_WORDS=(kei-git "$@"); COMP_CWORD=$#; _kei_git; printf "%s\\n" "${COMPREPLY[@]}"; complete -p kei-git >&2',
      'bash',
      ...words,
    ]);
    expect({ stderr, status }).toEqual({ stderr: 'complete -F _kei_git kei-git\n', status: 0 });
    // Bash itself puts the slash behind a directory.
    return sorted(stdout).map((word) => (word === 'src dir' ? 'src dir/' : word));
  };
  test.for(CASES)('$line offers $offers', ({ line, offers }) => {
    expect(bash(line).filter((word) => line[0] !== '' || !word.startsWith('--'))).toEqual(offers);
  });
  test('--name=value, which bash takes apart', () => {
    expect(bash(['check', '--format', '='])).toEqual(['json', 'sarif', 'text']);
    expect(bash(['check', '--format', '=', 'j'])).toEqual(['json']);
  });
  test('set -u and set -e in the person’s shell do no harm', () => {
    const { stdout, stderr } = run('bash', [
      '--norc',
      '-euc',
      'source ./.bash; COMP_WORDS=(kei-git ""); COMP_CWORD=1; _kei_git; echo "${COMPREPLY[@]}"',
    ]);
    expect([stdout, stderr]).toEqual(['check leak completion help --help --version\n', '']);
  });
});

const ZSH = `
fpath=(. $fpath); function compdef() {}; source ./._kei-git
function _files() { local f; for f in $words[CURRENT]*(N); do [[ -d $f ]] && print -r -- "$f/" || { [[ $1 == -/ ]] || print -r -- "$f" }; done }
function compset() { PREFIX=\${PREFIX#*=} }
function compadd() { local w; for w in "\${(@P)2}"; do [[ $w == $PREFIX* ]] && print -r -- "$w"; done; return 0 }
function _describe() { local w; [[ $1 == -o ]] && shift; for w in "\${(@P)2}"; do [[ \${w%%:*} == $PREFIX* ]] && print -r -- "\${w%%:*}"; done; return 0 }
words=(kei-git "$@"); CURRENT=$#words; PREFIX=$words[CURRENT]; _kei_git`;

const zshIsHere = has('zsh');
describe.skipIf(!zshIsHere)('zsh (SKIPPED WHERE THERE IS NO zsh)', () => {
  const zsh = (words: readonly string[]): readonly string[] => {
    const { stdout, stderr } = run('zsh', ['-f', '-c', ZSH, 'zsh', ...words]);
    expect(stderr).toBe('');
    return sorted(stdout);
  };
  test.for(CASES)('$line offers $offers', ({ line, offers }) => {
    const long = (word: string): boolean => !/^-[^-]/.test(word) && (line[0] !== '' || !word.startsWith('--'));
    expect(zsh(line).filter(long)).toEqual(offers);
  });
  test('--name=value', () => {
    expect(zsh(['check', '--format=j'])).toEqual(['json']);
  });
});

const fishIsHere = has('fish');
describe.skipIf(!fishIsHere)('fish (SKIPPED WHERE THERE IS NO fish)', () => {
  const fish = (words: readonly string[]): readonly string[] => {
    const { stdout, stderr } = run('fish', ['--no-config', '-c', 'source ./.fish; complete -C "kei-git $argv"', words.join(' ')]);
    expect(stderr).toBe('');
    return sorted(stdout).map((line) => line.replace(/\t.*/, '').replaceAll('\\ ', ' '));
  };
  test.for(CASES)('$line offers $offers', ({ line, offers }) => {
    expect(fish(line)).toEqual(offers);
  });
  test('--name=value', () => {
    expect(fish(['check', '--format=j'])).toEqual(['--format=json']);
  });
});

test('which shells these tests ran', () => {
  for (const [shell, here] of [
    ['zsh', zshIsHere],
    ['fish', fishIsHere],
  ] as const) {
    if (!here) console.warn(`completion for ${shell} IS NOT TESTED HERE: there is no ${shell} on PATH`);
  }
  expect(has('bash')).toBe(true);
});
