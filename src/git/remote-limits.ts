/** How long and how much. A test may ask for less. */
export interface RemoteLimits {
  /** Questions at once. */
  readonly parallel: number;
  /** A server that sends nothing for so long is given up. */
  readonly silentMs: number;
  /** Of a list of refs, and of one object. */
  readonly answerMs: number;
  /** Of a whole history. */
  readonly mirrorMs: number;
  readonly refsBytes: number;
  readonly mirrorBytes: number;
  readonly objectBytes: number;
  /** A kept answer younger than this needs no asking. */
  readonly keptMs: number;
}

export const REMOTE_LIMITS: RemoteLimits = {
  parallel: 12,
  silentMs: 20_000,
  answerMs: 60_000,
  mirrorMs: 600_000,
  refsBytes: 64 * 2 ** 20,
  mirrorBytes: 2 ** 30,
  objectBytes: 64 * 2 ** 20,
  keptMs: 24 * 3600 * 1000,
};
