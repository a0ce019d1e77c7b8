// @ts-check
// Is the first line of this commit message short enough?   node scripts/commit-subject.mjs FILE
import { readFile } from 'node:fs/promises';
import { complaintAbout } from './subjects.mjs';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node scripts/commit-subject.mjs FILE');
const subject = (await readFile(file, 'utf8')).split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
const complaint = complaintAbout(subject);
if (complaint !== undefined) {
  console.error(complaint);
  process.exitCode = 1;
}
