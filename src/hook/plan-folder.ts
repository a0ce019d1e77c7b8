import { basename, join } from 'node:path';
import { isShellFile, putBlock, takeBlocks } from './blocks.ts';
import { asideOf, ownFile, readOwnFile, withoutOurs } from './own-file.ts';
import type { FoundFile, FoundFolder } from './state.ts';
import type { Draft } from './draft.ts';

const EXECUTABLE = 0o755;

const byName = ({ files }: FoundFolder, name: string): FoundFile | undefined => files.find(({ event }) => event === name);

const whose = ({ tool }: FoundFile): string => (tool === undefined || tool === 'plain' ? 'the hook that is there' : `${tool}'s hook`);

/** Why a file must make way: no block can stand in it, or git would not run it. */
const reasonAside = ({ kind, runs, bytes }: FoundFile): string | undefined => {
  if (kind === 'link' || kind === 'broken-link') return 'a symbolic link';
  if (!runs) return 'not executable';
  if (bytes === undefined) return 'too large';
  return isShellFile(bytes) ? undefined : 'no shell script';
};

/** Both are the same hook: an install was killed between giving it its second name and taking the first. */
const isSame = (a: FoundFile, b: FoundFile): boolean =>
  a.kind === b.kind && a.target === b.target && (a.bytes === b.bytes || (a.bytes !== undefined && b.bytes?.equals(a.bytes) === true));

const putInOwn = (folder: FoundFolder, file: FoundFile, bytes: Buffer, block: string, draft: Draft): void => {
  const own = readOwnFile(bytes);
  if (own === undefined) return;
  if (own.changed.length > 0) {
    draft.refuse(`${file.path}: somebody changed what kei-git wrote there; take those lines out of the block, or delete the file`);
    return;
  }
  const hasAside = byName(folder, asideOf(file.event)) !== undefined;
  const fresh = ownFile({ event: file.event, block, behind: hasAside ? 'aside' : undefined, madeFolder: own.madeFolder }, own.own);
  if (fresh.equals(bytes) && file.runs) draft.same(file.event, file.path, 'the guard is there');
  else draft.write(file.event, file.path, 'the guard is renewed', { bytes: fresh, mode: (file.mode ?? 0) | EXECUTABLE, was: bytes });
};

const putInForeign = (file: FoundFile, bytes: Buffer, block: string, draft: Draft): void => {
  const { changed, labels } = takeBlocks(bytes);
  if (changed.length > 0) {
    draft.refuse(`${file.path}: somebody changed kei-git's block there; take those lines out of it, or delete the block`);
    return;
  }
  const fresh = putBlock(bytes, block);
  if (fresh.equals(bytes)) draft.same(file.event, file.path, `the guard is there, before ${whose(file)}`);
  else {
    const words = labels.length > 0 ? `the guard before ${whose(file)} is renewed` : `the guard is put before ${whose(file)}`;
    draft.write(file.event, file.path, words, { bytes: fresh, mode: file.mode, was: bytes });
  }
};

const putAside = (folder: FoundFolder, file: FoundFile, reason: string, block: string, draft: Draft): void => {
  const to = join(folder.path, asideOf(file.event));
  const there = byName(folder, asideOf(file.event));
  if (there !== undefined && !isSame(file, there)) {
    draft.refuse(`${file.path} is ${reason}, and ${to} is still there from an earlier install; put one of them elsewhere`);
    return;
  }
  const bytes = ownFile({ event: file.event, block, behind: 'aside', madeFolder: false });
  draft.aside(file.event, file.path, `the guard; then the hook that was there (${reason}), now ${asideOf(file.event)}`, { to, bytes });
};

/** Puts the guard on an event, in a folder whose files git runs. */
export const putInFolder = (folder: FoundFolder, event: string, block: string, draft: Draft): void => {
  const path = join(folder.path, event);
  const file = byName(folder, event);
  if (file === undefined) {
    const behind = byName(folder, asideOf(event)) === undefined ? undefined : ('aside' as const);
    const bytes = ownFile({ event, block, behind, madeFolder: folder.kind === 'absent' });
    draft.write(event, path, 'the guard is put there', { bytes, mode: EXECUTABLE, was: undefined });
    return;
  }
  if (file.kind === 'other') {
    draft.refuse(`${path} is no file; move it away`);
    return;
  }
  if (file.kind === 'file' && file.bytes !== undefined && readOwnFile(file.bytes) !== undefined)
    putInOwn(folder, file, file.bytes, block, draft);
  else {
    const reason = reasonAside(file);
    if (reason === undefined && file.bytes !== undefined) putInForeign(file, file.bytes, block, draft);
    else putAside(folder, file, reason ?? 'unreadable', block, draft);
  }
};

const takeOwn = (folder: FoundFolder, file: FoundFile, bytes: Buffer, draft: Draft): void => {
  const own = readOwnFile(bytes);
  if (own === undefined) return;
  if (own.changed.length > 0) {
    draft.remark(`${file.path} stays: somebody changed what kei-git wrote there; delete it yourself`);
    return;
  }
  const aside = own.aside === undefined ? undefined : byName(folder, asideOf(own.aside));
  const left = withoutOurs(own);
  if (left === undefined && aside !== undefined)
    draft.back(file.event, file.path, 'the hook that was there before is back', { from: aside.path, was: bytes });
  else if (left === undefined) {
    draft.remove(file.event, file.path, 'taken away', bytes);
    if (own.madeFolder) draft.removeFolder(folder.path);
  } else if (aside === undefined)
    draft.write(file.event, file.path, 'only what you added stays', { bytes: left, mode: file.mode, was: bytes }, 'clear');
  else {
    const kept = ownFile({ event: own.aside ?? file.event, block: undefined, behind: 'aside', madeFolder: false }, own.own);
    draft.write(file.event, file.path, 'the guard is out', { bytes: kept, mode: file.mode, was: bytes }, 'clear');
    draft.remark(`${file.path} stays, with what was added to it, and goes on to start ${basename(aside.path)}`);
  }
};

/** Takes what is ours out of a file of a folder of hooks. */
export const takeFromFile = (folder: FoundFolder, file: FoundFile, draft: Draft): void => {
  const { bytes, kind } = file;
  if (bytes === undefined || kind !== 'file') return;
  if (readOwnFile(bytes) !== undefined) {
    takeOwn(folder, file, bytes, draft);
    return;
  }
  const { bytes: rest, labels, changed } = takeBlocks(bytes);
  if (changed.length > 0) draft.remark(`${file.path}: kei-git's block stays, since somebody changed it; delete it yourself`);
  if (labels.length > 0) draft.write(file.event, file.path, 'the guard is out', { bytes: rest, mode: file.mode, was: bytes }, 'clear');
};

/** Hooks that were moved aside and that nothing of ours calls any more: back where nothing has taken their place. */
export const bringBack = (folder: FoundFolder, draft: Draft): void => {
  for (const file of folder.files) {
    const event = /^([a-z0-9-]+)\.before-kei-git$/.exec(file.event)?.[1];
    if (event === undefined) continue;
    const isCalled = folder.files.some(({ bytes }) => bytes !== undefined && readOwnFile(bytes)?.aside === event);
    if (isCalled) continue;
    const path = join(folder.path, event);
    const there = byName(folder, event);
    if (there !== undefined && isSame(there, file)) draft.silently({ kind: 'remove', path: file.path, was: file.bytes }, 'clear');
    else if (there === undefined) draft.back(event, path, 'the hook that was there before is back', { from: file.path, was: undefined });
    else draft.remark(`${file.path} stays: it was moved aside by kei-git, and another ${event} has taken its place`);
  }
};
