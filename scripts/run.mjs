// @ts-check
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @typedef {object} Done
 * @property {number} code exit code; 1 where a signal ended it
 * @property {string} output what it printed, both streams in order
 */

/**
 * Runs a program to its end, without a shell and without input.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Done>}
 */
export const run = (program, args, { cwd = ROOT, env = process.env } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.stderr.on('data', (part) => parts.push(part));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString() }));
  });

/**
 * Runs a script of node_modules (`typescript/bin/tsc`) or an absolute path with this Node.
 * @param {string} script
 * @param {readonly string[]} args
 */
export const node = (script, args) => run(process.execPath, [isAbsolute(script) ? script : join(ROOT, 'node_modules', script), ...args]);

/** npm as it runs us, else the one of PATH. @param {readonly string[]} args */
export const npm = (args) => {
  const self = process.env['npm_execpath'];
  return self === undefined ? run('npm', args) : node(self, args);
};

/**
 * As `node`, and fails with the output when the script does.
 * @param {string} script
 * @param {readonly string[]} args
 */
export async function runNode(script, args) {
  const { code, output } = await node(script, args);
  if (code !== 0) throw new Error(`${script} failed with ${code}\n${output}`);
}

/** True where a package of node_modules is there to be used. @param {string} name */
export const isInstalled = (name) => existsSync(join(ROOT, 'node_modules', name, 'package.json'));
