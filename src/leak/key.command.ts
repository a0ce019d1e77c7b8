import type { KeyAnswer } from '../check.ts';
import { choice, defineCommand, flag, text, type Answer, type Context } from '../command.ts';
import { KEY_VARIABLE, keyFile, openKey } from '../config/leak-key.ts';
import { KEY_NAME } from '../config/key-name.ts';
import { Exit, FileError, UsageError } from '../errors.ts';
import { directorySnapshot } from '../git/directory.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { printable } from '../report/printable.ts';
import { readIfThere } from '../sys/files.ts';
import { createPrivate, random, readPrivate } from '../sys/private.ts';
import { newKeyText, parseKey } from '../values/key.ts';
import { settledKeyName } from './key-name.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere };
const MOST = 10_000; // bytes of standard input: a key has 57

const readSome = async ({ stdin }: Context): Promise<string> => {
  let all = '';
  for await (const bytes of stdin) {
    all += Buffer.from(bytes).toString('latin1');
    if (all.length > MOST) break;
  }
  return all;
};

/** @throws {UsageError} when there is a key already: what hangs on it would be lost with it */
const refuseSecond = (answer: KeyAnswer, name: string): void => {
  if (answer.kind === 'absent') return;
  throw new UsageError(answer.kind === 'key' ? `there is a key ${name} already, in ${answer.place}` : answer.reason, {
    hint:
      answer.kind === 'key'
        ? 'hashed terms and tokens hang on it: --name NAME for another one, and [leak] key = "NAME" in kei.toml'
        : `${answer.hint}; move away what is there first`,
  });
};

const made = async (isNew: boolean, context: Context): Promise<string> => {
  if (isNew) return newKeyText(random);
  const given = (await readSome(context)).trim();
  if (parseKey(given) === undefined)
    throw new UsageError('standard input holds no key, or only a part of one', { hint: 'kei-git leak key --import < FILE' });
  return given;
};

const said = (answer: KeyAnswer, name: string): Answer => {
  if (answer.kind === 'unusable') throw new FileError(answer.reason, { hint: answer.hint });
  const place = printable(answer.place);
  return answer.kind === 'key'
    ? {
        kind: 'answer',
        text: `key ${name} is ${answer.key.id}, in ${place}\n`,
        value: { name, id: answer.key.id, place },
        exitCode: Exit.clean,
      }
    : {
        kind: 'answer',
        text: `there is no key ${name}; it would be in ${place}\n  hint: ${answer.hint}\n`,
        value: { name, place },
        exitCode: Exit.found,
      };
};

export const command = defineCommand({
  args: {},
  options: {
    new: flag('make a key; refused where there is one'),
    import: flag('take the key from standard input; refused where there is one'),
    name: text('NAME', 'which key; default: the one that [leak] key in kei.toml names'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details: `Hashed terms and the tokens that take a secret's place hang on a key that a team shares and that no repository holds. It is a file in your own settings, or stands in ${KEY_VARIABLE}, as in CI. This shows which one there is, by its public id; the key itself is never printed.`,
  examples: [
    { command: 'kei-git leak key', does: 'show which key there is' },
    { command: 'kei-git leak key --new', does: 'make one' },
    { command: 'kei-git leak key --import < team.key', does: 'take over the one that your team has' },
  ],
  run: async ({ options }, context): Promise<Answer> => {
    if (options.new && options.import) throw new UsageError('--new and --import exclude each other');
    const name = options.name ?? (await settledKeyName(context, DOORS));
    if (!KEY_NAME.test(name)) throw new UsageError('--name: a name is lower-case letters, digits and hyphens');
    const open = (): KeyAnswer => openKey(name, { env: context.env, readPrivate, parseKey });
    const before = open();
    if (!options.new && !options.import) return said(before, name);
    refuseSecond(before, name);
    const place = keyFile(context.env, name);
    if (place === undefined) throw new FileError('there is no home folder to keep a key in', { hint: 'set XDG_CONFIG_HOME or HOME' });
    if (!createPrivate(place, `${await made(options.new, context)}\n`)) refuseSecond(open(), name);
    return said(open(), name);
  },
});
