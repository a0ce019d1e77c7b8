/** How far the archives of one file are followed. */
export interface Limits {
  /** Archives within archives; 1: only the outermost is opened. */
  readonly depth: number;
  /** Members of all of them together. */
  readonly members: number;
  /** Bytes that decompression may make, at all depths together. */
  readonly bytes: number;
  /** How many such bytes each byte read from the file may make, beyond the first `free` ones. */
  readonly ratio: number;
  readonly free: number;
  /** Names and reasons of parts that were not looked at, before only their number is told. */
  readonly told: number;
}

export const LIMITS: Omit<Limits, 'depth'> = { members: 100_000, bytes: 2 ** 30, ratio: 200, free: 32 * 2 ** 20, told: 100 };

/** What is left of the limits. Nothing throws: what is over a limit ends, and `spent` says why. */
export interface Budget {
  readonly limits: Limits;
  /** Why nothing more may be opened; undefined: go on. */
  readonly spent: string | undefined;
  /** False when there were too many members. */
  member(): boolean;
  /** False when decompression made too much. */
  made(bytes: number): boolean;
}

/** @param read bytes taken from the outermost file so far */
export const createBudget = (limits: Limits, read: () => number): Budget => {
  let spent: string | undefined;
  let members = 0;
  let bytes = 0;
  return {
    limits,
    get spent() {
      return spent;
    },
    member: () => {
      members++;
      if (members > limits.members) spent ??= `more than ${limits.members} members`;
      return spent === undefined;
    },
    made: (count) => {
      bytes += count;
      if (bytes > limits.bytes) spent ??= `expands to more than ${limits.bytes / 2 ** 20} MiB`;
      else if (bytes > limits.free + limits.ratio * read()) spent ??= `expands to more than ${limits.ratio} times its size`;
      return spent === undefined;
    },
  };
};
