// @ts-check
// One way to measure every program alike: bash's `time` gives its CPU seconds (user and system, all its children, to the millisecond) and
// is in Debian's Node images, where /usr/bin/time is not; /proc gives the peak of its memory and the bytes it read, where there is /proc.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {readonly string[]} command program and arguments
 * @property {string} [cwd]
 * @property {readonly number[]} [accept] exit codes of a run that counts; 0 alone when not given
 * @property {() => void} [before] done before each run, not measured
 */
/**
 * @typedef {object} Run
 * @property {number} cpu seconds, user and system
 * @property {number} wall seconds
 * @property {number} [peakMiB] resident memory at its highest
 * @property {number} [readBytes] what it and its children read, page cache included
 * @property {boolean} stopped it took longer than it may
 * @property {string} [text] what it printed, of a run that was watched
 */

const LOOK_MS = 10;

// The subshell says its id and becomes the program, so the id is the program's. Without the inner braces `time` would be its part and end with it.
const SCRIPT = `out=$1 err=$2; shift 2
TIMEFORMAT='%3R %3U %3S'
{ time { ( printf '%s\\n' "$BASHPID" >&3; exec "$@" >"$out" 2>"$err" 3>&- 4>&- ); }; } 2>&4`;

/** @param {string} file @param {RegExp} pattern */
const numberIn = (file, pattern) => {
  try {
    const text = pattern.exec(readFileSync(file, 'latin1'))?.[1];
    return text === undefined ? undefined : Number(text);
  } catch {
    return undefined; // it is gone, or there is no /proc
  }
};

/** The highest that /proc says of a process while it lives. @param {() => number | undefined} pid */
const watching = (pid) => {
  let peak = 0;
  let read = 0;
  const timer = setInterval(() => {
    const id = pid();
    if (id === undefined) return;
    peak = Math.max(peak, numberIn(`/proc/${id}/status`, /^VmHWM:\s+(\d+) kB/m) ?? 0);
    read = Math.max(read, numberIn(`/proc/${id}/io`, /^rchar: (\d+)$/m) ?? 0);
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    return { ...(peak > 0 ? { peakMiB: peak / 1024 } : {}), ...(read > 0 ? { readBytes: read } : {}) };
  };
};

/** @param {string} folder for what the programs print @param {NodeJS.ProcessEnv} env of every program, nothing added */
export const openMeter = (folder, env) => {
  mkdirSync(folder, { recursive: true });
  const out = join(folder, 'stdout');
  const err = join(folder, 'stderr');

  /**
   * @param {Program} program
   * @param {{ watch?: boolean, limitSeconds?: number }} [options] watch: look at memory and reads as well, which costs a little
   * @returns {Promise<Run>}
   */
  const once = async ({ name, command, cwd = folder, accept = [0], before }, { watch = false, limitSeconds = 1800 } = {}) => {
    before?.();
    const child = spawn('bash', ['-c', SCRIPT, 'bench', out, err, ...command], {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let timed = '';
    child.stdio[3]?.on('data', (part) => (said += part));
    child.stdio[4]?.on('data', (part) => (timed += part));
    const pid = () => (said.endsWith('\n') ? Number(said) : undefined);
    const seen = watch ? watching(pid) : undefined;
    let stopped = false;
    const limit = setTimeout(() => {
      const id = pid();
      if (id !== undefined) stopped = process.kill(id, 'SIGKILL');
    }, limitSeconds * 1000);
    /** @type {number} */
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => resolve(status ?? 1)));
    clearTimeout(limit);
    const extra = seen === undefined ? {} : { ...seen(), text: readFileSync(out, 'utf8') };
    if (!stopped && !accept.includes(code)) throw new Error(`${name} ended with ${code}: ${firstLines(readFileSync(err, 'utf8'))}`);
    return { ...readTimes(timed), stopped, ...extra };
  };

  return { once, interleave: interleaving(once) };
};

/**
 * Every program once unmeasured, to warm what can be warm; then rounds of one run each, so that what else the machine does falls on all.
 * What comes back are medians, by name; memory, reads and text are of the first run.
 * @param {(program: Program, options?: { watch?: boolean }) => Promise<Run>} once
 */
const interleaving = (once) => async (/** @type {readonly Program[]} */ programs, /** @type {number} */ rounds) => {
  /** @type {Map<string, { readonly first: Run, readonly runs: Run[] }>} */
  const all = new Map();
  for (const program of programs) all.set(program.name, { first: await once(program, { watch: true }), runs: [] });
  for (let round = 0; round < rounds; round += 1) {
    for (let at = 0; at < programs.length; at += 1) {
      const program = programs[(at + round) % programs.length];
      if (program !== undefined) all.get(program.name)?.runs.push(await once(program));
    }
  }
  return new Map(
    [...all].map(([name, { first, runs }]) => [
      name,
      { ...first, cpu: median(runs.map(({ cpu }) => cpu)), wall: median(runs.map(({ wall }) => wall)) },
    ]),
  );
};

/** @param {string} text what bash wrote */
const readTimes = (text) => {
  const [wall, user, system] = (text.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (wall === undefined || user === undefined || system === undefined || Number.isNaN(user + system))
    throw new Error(`bash timed nothing: ${firstLines(text)}`);
  return { cpu: user + system, wall };
};

/** @typedef {ReturnType<typeof openMeter>} Meter */

/** @param {readonly number[]} numbers not empty */
export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
};

/** @param {string} text */
const firstLines = (text) => text.trim().split('\n').slice(0, 3).join(' / ').slice(0, 400);
