import { getInput, setOutput, summary } from '@actions/core';
import { appendFileSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileError, reasonOf } from './files.ts';

type Env = Readonly<Record<string, string | undefined>>;

const given = (env: Env, name: string): string | undefined => env[name] || undefined;

/**
 * An input of the step, empty when it was not given. The steps of a composite action pass theirs on as INPUT_FAIL_ON: not every shell keeps a
 * variable with a hyphen in its name.
 */
export const readInput = (name: string): string => getInput(name) || getInput(name.replaceAll('-', '_'));

/** Sets an output of the step; false where the runner has no place for outputs. */
export const putOutput = (env: Env, name: string, value: string): boolean => {
  const file = given(env, 'GITHUB_OUTPUT');
  if (file === undefined) return false;
  try {
    appendFileSync(file, ''); // the toolkit wants it to be there
    setOutput(name, value);
    return true;
  } catch {
    return false;
  }
};

const SUMMARY_BYTES = 2 ** 20 - 2 ** 10;

/** Bytes that the job's summary still takes: a longer one is refused as a whole. 0 where there is none. */
export const summaryRoom = (env: Env): number => {
  const file = given(env, 'GITHUB_STEP_SUMMARY');
  if (file === undefined) return 0;
  try {
    return Math.max(0, SUMMARY_BYTES - statSync(file).size);
  } catch {
    return 0;
  }
};

/** Adds to the job's summary; gives why it could not. */
export const addSummary = async (text: string): Promise<string | undefined> => {
  try {
    await summary.addRaw(text, true).write();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
};

/** A new folder in the job's folder for temporary files, which the runner empties. @throws {FileError} */
export const makeJobFolder = (env: Env): string => {
  const named = given(env, 'RUNNER_TEMP');
  const base = named !== undefined && isAbsolute(named) ? named : tmpdir();
  try {
    return mkdtempSync(join(base, 'kei-git-'));
  } catch (error) {
    throw fileError('make a folder in', base, error);
  }
};
