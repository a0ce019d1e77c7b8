import type { Command, CommandEntry } from '../command.ts';

export type Table = ReadonlyMap<string, CommandEntry>;

/** A row of the table with its declaration. */
export interface LoadedCommand {
  readonly name: string;
  readonly summary: string;
  readonly command: Command;
}

/** The declaration behind a row. The table's type is wide so that rows of any shape fit; the parser checks values against it. */
export const loadCommand = async (entry: CommandEntry): Promise<Command> => (await entry.load()).command as Command;

/** Every command that is not hidden, in the table's order. */
export const loadAll = (table: Table): Promise<readonly LoadedCommand[]> =>
  Promise.all(
    [...table]
      .filter(([, entry]) => entry.hidden !== true)
      .map(async ([name, entry]) => ({ name, summary: entry.summary, command: await loadCommand(entry) })),
  );
