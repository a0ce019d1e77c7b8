import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/layer.ts';
import { ConfigError } from '../../src/errors.ts';

/** What is said, hint behind an arrow. */
const complaint = (text: string): string => {
  try {
    parseConfig(text, 'kei.toml');
  } catch (error) {
    if (error instanceof ConfigError) return error.message + (error.hint === undefined ? '' : ` -> ${error.hint}`);
    throw error;
  }
  return 'accepted';
};

const run = (...lines: readonly string[]): string => ['[[hook.run]]', 'name = "x"', ...lines, ''].join('\n');
const FILES = 'files = ["*.ts"]';

test.for([
  { name: 'a command', text: run('run = ["make"]'), says: 'accepted' },
  { name: 'files where they stand', text: run('run = ["lint", "{files}", "--quiet"]', FILES), says: 'accepted' },
  { name: 'a word in braces that is none of ours', text: run('run = ["sh", "-c", "f() { x; }; echo ${a}"]'), says: 'accepted' },
  {
    name: 'a name twice',
    text: run('run = ["a"]') + run('run = ["b"]'),
    says: 'kei.toml:5:8: another command has this name (name in [[hook.run]])',
  },
  {
    name: 'the name that means everything',
    text: run('run = ["a"]').replace('"x"', '"all"'),
    says: 'kei.toml:2:8: KEI_SKIP=all means everything: a command needs another name (name in [[hook.run]])',
  },
  {
    name: 'a word of another tool',
    text: run('run = ["eslint", "{staged_files}"]', FILES),
    says: 'kei.toml:3:7: nothing stands for {staged_files} (run in [[hook.run]]) -> there is {files}, {args}, {message}',
  },
  {
    name: 'files inside a word',
    text: run('run = ["lint", "--files={files}"]', FILES),
    says: 'kei.toml:3:7: {files} must be an argument of its own, and stand there once (run in [[hook.run]])',
  },
  {
    name: 'files twice',
    text: run('run = ["lint", "{files}", "{files}"]', FILES),
    says: 'kei.toml:3:7: {files} must be an argument of its own, and stand there once (run in [[hook.run]])',
  },
  {
    name: 'files as the program',
    text: run('run = ["{files}"]', FILES),
    says: 'kei.toml:3:7: {files} must be an argument of its own, and stand there once (run in [[hook.run]])',
  },
  {
    name: 'files that are not asked for',
    text: run('run = ["lint", "{files}"]'),
    says: 'kei.toml:3:7: there are no files for {files} (run in [[hook.run]]) -> say which: files = ["*.ts"], and pass-files = true',
  },
  {
    name: 'a message that is not there',
    text: run('on = ["commit-msg", "pre-commit"]', 'run = ["cl", "{message}"]'),
    says: 'kei.toml:4:7: only commit-msg and prepare-commit-msg have a {message} (run in [[hook.run]]) -> on = ["commit-msg"]',
  },
  {
    name: 'a glob of lint-staged',
    text: run('run = ["a"]', 'files = ["*.ts", "!*.d.ts"]'),
    says: 'kei.toml:4:9: a glob that begins with ! matches no file (files in [[hook.run]]) -> files to leave out: exclude',
  },
  {
    name: 'a fixer without files',
    text: run('run = ["a"]', 'stage-fixed = true'),
    says: 'kei.toml:4:15: stage-fixed needs files: only what a command was given becomes part of the commit (stage-fixed in [[hook.run]])',
  },
  {
    name: 'a fixer where nothing is committed',
    text: run('on = ["pre-push"]', 'run = ["a"]', FILES, 'stage-fixed = true'),
    says: 'kei.toml:6:15: stage-fixed is for commands on pre-commit or pre-merge-commit (stage-fixed in [[hook.run]])',
  },
  {
    name: 'a fixer in the worktree',
    text: run('run = ["a"]', FILES, 'stage-fixed = true', 'view = "worktree"'),
    says:
      'kei.toml:5:15: stage-fixed and view = "worktree" exclude each other: what is not staged would be committed too (stage-fixed in [[hook.run]])' +
      ' -> view = "staged", or "index" where the command needs every file as it is staged',
  },
  {
    name: 'fixers that do not see each other',
    text:
      run('run = ["a"]', FILES, 'stage-fixed = true') +
      run('run = ["b"]', FILES, 'stage-fixed = true', 'view = "index"').replace('"x"', '"y"'),
    says: 'kei.toml:11:8: commands with stage-fixed must have one view (pre-commit): each would mend what the other does not see (view in [[hook.run]])',
  },
])('[[hook.run]]: $name', ({ text, says }) => {
  expect(complaint(text)).toBe(says);
});
