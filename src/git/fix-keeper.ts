import { spawn } from 'node:child_process';
import { parse } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Place } from '../command.ts';
import { KeiError } from '../errors.ts';
import { writeWhole } from '../sys/files.ts';
import { runs } from './committer.ts';
import { readJournal, type FixJournal } from './fix-journal.ts';
import { notesFile, settleJournal } from './fix-settle.ts';

/** Starts the process that waits for the end of git, in a session of its own: what ends git's group or terminal does not end it. */
export const startKeeper = ([program = '', ...args]: readonly string[], gitDir: string, env: Place['env']): void => {
  const child = spawn(program, [...args, gitDir], {
    cwd: parse(gitDir).root,
    env: { ...env },
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => {}); // the next kei-git settles what nobody waits for
  child.unref();
};

const FIRST_MS = 40;
const LONGEST_MS = 400;
const TRIES = 50;

const BEGIN_MS = 10_000;

/** Whoever starts a keeper writes the journal then; unless they were killed in between. */
async function begun(gitDir: string): Promise<FixJournal | undefined> {
  for (let waited = 0; waited < BEGIN_MS; waited += FIRST_MS) {
    const journal = readJournal(gitDir);
    if (journal !== undefined) return journal;
    await wait(FIRST_MS);
  }
  return undefined;
}

/** Waits until git has ended, then settles what it has left. What a person should know, the next kei-git says. */
export async function keepFixes(place: Place, gitDir: string): Promise<void> {
  const journal = await begun(gitDir);
  if (journal?.git === undefined) return;
  for (let pause = FIRST_MS; runs(journal.git) === 'yes'; pause = Math.min(LONGEST_MS, pause * 1.1)) {
    await wait(pause);
    if (readJournal(gitDir)?.id !== journal.id) return;
  }
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const { notes } = await settleJournal(place, gitDir);
      if (notes.length > 0) writeWhole(notesFile(gitDir), `${notes.join('\n')}\n`, { mode: 0o600 });
      return;
    } catch (error) {
      if (!(error instanceof KeiError)) throw error;
      await wait(LONGEST_MS); // somebody holds the index: the journal stays
    }
  }
}
