import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Report } from '../src/report/finding.ts';
import { runProgram, type Ended, type Start } from './program.ts';
import { makeFolder } from './repo.ts';

export interface Measured extends Ended {
  readonly report: Report;
  /** The most memory that was resident, in bytes. */
  readonly peak: number;
}

// Linux counts the parent's memory before `exec` into maxRSS; the high-water mark of the process itself is in /proc.
const HOOK = `
const { readFileSync, writeFileSync } = require('node:fs');
const peak = () => {
  try {
    return Number(/^VmHWM:\\s+(\\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};
if (require('node:worker_threads').isMainThread) process.on('exit', () => writeFileSync(process.env.KEI_TEST_PEAK, String(peak() * 1024)));
`;

/** Runs kei-git as a process of its own and reads its report. */
export const measured = async (args: readonly string[], { cwd, env }: Start): Promise<Measured> => {
  const home = await makeFolder();
  const [hook, peak] = [join(home, 'peak.cjs'), join(home, 'peak')];
  writeFileSync(hook, HOOK);
  const ran = await runProgram([...args, '--format', 'json'], {
    cwd,
    env: { ...env, NODE_OPTIONS: `--require=${hook}`, KEI_TEST_PEAK: peak },
  });
  expect(ran.err).toBe('');
  return { ...ran, report: JSON.parse(ran.out) as Report, peak: Number(readFileSync(peak, 'utf8')) };
};
