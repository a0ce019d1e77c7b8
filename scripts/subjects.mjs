// @ts-check
import { run } from './run.mjs';

const LIMIT = 60;
const MADE_BY_GIT = /^(Merge |Revert "|(fixup|squash|amend)! )/;

/**
 * What is wrong with a commit's subject; undefined when nothing is.
 * @param {string} subject
 */
export function complaintAbout(subject) {
  const length = [...subject].length;
  if (length <= LIMIT || MADE_BY_GIT.test(subject)) return undefined;
  return `commit subject of ${length} characters, at most ${LIMIT}: ${subject}`;
}

/** Judges the commits of HEAD that no branch of `origin` has. */
export async function checkSubjects() {
  const head = await run('git', ['rev-parse', '--verify', '--quiet', 'HEAD']);
  if (head.code !== 0) return { code: 0, output: '', note: 'no commit yet' };
  const log = await run('git', ['log', '--no-merges', '-z', '--format=%s', 'HEAD', '--not', '--remotes=origin']);
  if (log.code !== 0) return log;
  const subjects = log.output.split('\0').filter((subject) => subject !== '');
  const complaints = subjects.map(complaintAbout).filter((complaint) => complaint !== undefined);
  return { code: complaints.length === 0 ? 0 : 1, output: complaints.join('\n'), note: `${subjects.length} new` };
}
