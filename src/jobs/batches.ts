/** How the length of a command line is reckoned, and how long it may be. */
export interface LineLimit {
  readonly most: number;
  readonly lengthOf: (argument: string) => number;
}

// The kernel counts a byte for the end of each argument and the pointer to it.
const POSIX_EACH = 9;
const posix = (most: number): LineLimit => ({ most, lengthOf: (argument) => Buffer.byteLength(argument) + POSIX_EACH });
// Quotes, a backslash for each quote, and the blank before it.
const windows = (most: number, each: number): LineLimit => ({
  most,
  lengthOf: (argument) => argument.length * each + (argument.match(/["\\]/g)?.length ?? 0) * each + 3 * each,
});

/**
 * Limits that lint-staged has used for years. Linux takes a quarter of the stack's limit, macOS 1 MB with the environment; Windows 32,767 characters, of which
 * cmd.exe, which runs every .cmd, takes 8,191 (learn.microsoft.com, "Command prompt line string limitation"). There each character may have to be escaped twice.
 * @param platform as Node names it
 * @param byShell a .cmd or .bat
 */
export const lineLimit = (platform: string, byShell: boolean): LineLimit => {
  if (platform === 'win32') return byShell ? windows(8191, 3) : windows(32_767, 1);
  return posix(platform === 'darwin' ? 262_144 : 131_072);
};

/** Files in as few runs as fit. A file too long for any still gets one: the system says what it makes of it. */
export const inBatches = (
  files: readonly string[],
  fixed: readonly string[],
  { most, lengthOf }: LineLimit,
): readonly (readonly string[])[] => {
  const begin = fixed.reduce((sum, argument) => sum + lengthOf(argument), 0);
  const batches: string[][] = [];
  let batch: string[] = [];
  let length = begin;
  for (const file of files) {
    const more = lengthOf(file);
    if (batch.length > 0 && length + more > most) {
      batches.push(batch);
      [batch, length] = [[], begin];
    }
    batch.push(file);
    length += more;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
};
