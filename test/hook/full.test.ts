import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { getuid } from 'node:process';
import { expect, test } from 'vitest';
import { makeRepo } from '../repo.ts';
import { installFixer, nodeCommand } from './fixing.ts';

const mounts = getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;
if (!mounts) console.warn('A FULL DISK IS NOT TESTED HERE, only a file-size limit: that needs the right to mount a tmpfs');

/** Prints what came of commits with ever more room: exit code, whether all is as before, and what was said. */
const SCRIPT = `
state() { cat a.txt b.txt c.txt | sha256sum; git ls-files -s; git rev-parse HEAD; git for-each-ref; ls -A; }
mkdir full && mount -t tmpfs -o size=1m tmpfs full && cp -a "$1" full/tree && cd full/tree || exit
rm -rf .git/hooks/*.sample
[ "$2" = all ] || { mv .git "$OLDPWD/git"; echo "gitdir: $OLDPWD/git" > .git; }
git -c core.hooksPath=/dev/null -c core.editor=false commit -q 2>/dev/null
state > "$OLDPWD/before"
for room in $ROOMS; do
  free=$(($(df -k --output=avail . | tail -1) - room))
  head -c $((free * 1024)) /dev/zero > ../fill
  git commit -q -m x 2> "$OLDPWD/said"
  code=$?
  rm ../fill
  while ls .git/kei 2>/dev/null | grep -q '^fix-' || ls "$OLDPWD/git/kei" 2>/dev/null | grep -q '^fix-'; do sleep 0.05; done
  [ $code = 0 ] && break
  state | cmp -s - "$OLDPWD/before" && same=same || same=DIFFERENT
  echo "$room $code $same $(tr '\\n' ' ' < "$OLDPWD/said")"
done
git show HEAD:a.txt | head -1; head -1 a.txt; git status --porcelain
`;

const GROW = `const fs = require('node:fs');
for (const file of process.argv.slice(1)) fs.writeFileSync(file, 'FIXED\\n' + fs.readFileSync(file));`;

test.skipIf(!mounts).each([
  { name: 'the worktree', where: 'tree', rooms: '0 4 20 40 60 1000' },
  {
    name: 'worktree and git directory',
    where: 'all',
    rooms: '0 4 8 16 24 32 48 64 80 100 110 120 130 140 150 160 170 180 190 200 210 220 230 240 250 600',
  },
])('$name on a full disk: nothing is changed, and one line says so', { timeout: 300_000 }, async ({ where, rooms }) => {
  const repo = await makeRepo();
  for (const name of ['a', 'b', 'c']) await repo.write(`${name}.txt`, 'first\n');
  await repo.commit();
  await installFixer(repo, nodeCommand(GROW));
  const noise = (seed: number): string => Array.from({ length: 700 }, (_, at) => `${(at * 7919 * seed) % 104_729}`).join('\n');
  await repo.write('a.txt', `${noise(3).repeat(5)}\n`);
  await repo.write('b.txt', `${noise(5).repeat(5)}\n`);
  await repo.git('add', '.');
  await repo.write('b.txt', `${noise(5).repeat(5)}\nnot staged\n`);
  await repo.write('c.txt', 'not staged\n');
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'bash', '-c', SCRIPT, 'sh', repo.dir, where], {
    cwd: dirname(repo.dir),
    env: { ...repo.env, ROOMS: rooms },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  const failed = lines.filter((line) => /^\d/.test(line));
  expect(failed.length).toBeGreaterThan(1);
  expect(failed.filter((line) => !/^\d+ \d+ same .*(disk is full|git cannot write to the disk|command ended)/.test(line))).toEqual([]);
  expect(lines.slice(failed.length)).toEqual(['FIXED', 'FIXED', ' M b.txt', ' M c.txt']);
});
