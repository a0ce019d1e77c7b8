// @ts-check
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/**
 * The licences of the packages whose code is in the bundle, as one text, in order of their names.
 * @param {string} root the folder that the metafile's paths are relative to
 * @param {import('esbuild').Metafile} metafile
 */
export async function thirdParty(root, metafile) {
  /** @type {Map<string, string>} */
  const folders = new Map();
  for (const output of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const match = bytesInOutput > 0 ? PACKAGE.exec(input) : null;
      if (match !== null) folders.set(match[1], join(root, match[0]));
    }
  }
  const sorted = [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = await Promise.all(sorted.map(([name, folder]) => notice(name, folder)));
  const head = 'kei-git is under the Apache License 2.0, see LICENSE. Its programs contain code of these packages:\n';
  return parts.length === 0 ? 'kei-git contains no code of other packages.\n' : [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * @param {string} name
 * @param {string} folder
 */
async function notice(name, folder) {
  const { version, license, homepage } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (files.length === 0) throw new Error(`${name} is bundled but has no licence file in ${folder}`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return `${name} ${version} (${license})${homepage === undefined ? '' : `\n${homepage}`}\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}
