import { basename, join } from 'node:path';
import { configValue, putConfigBlock, takeConfigBlock } from './config-block.ts';
import type { Draft } from './draft.ts';
import { ownFile, readOwnFile } from './own-file.ts';
import { putInFolder, takeFromFile } from './plan-folder.ts';
import { pathSeenIn, type FolderBehind } from './then-block.ts';
import type { FoundChain, FoundFile, WantedChain } from './state.ts';

// Where core.hooksPath is set: a folder of ours beside the configuration, whose files run the guard and then what git would have run.

const EXECUTABLE = 0o755;
const INCLUDED = 'gitconfig';
const HEAD = '# kei-git made this file; kei-git uninstall takes it away again\n';

/** What git is told by the file that the configuration includes. */
const includedText = (folder: string, by: WantedChain['by'], events: readonly string[]): string => {
  const slashed = folder.replaceAll('\\', '/');
  if (by === 'path') return `${HEAD}[core]\n\thooksPath = ${configValue(slashed)}\n`;
  const command = (event: string): string => configValue(`'${`${slashed}/${event}`.replaceAll("'", String.raw`'\''`)}'`);
  return HEAD + events.map((event) => `[hook "kei-git-${event}"]\n\tevent = ${event}\n\tcommand = ${command(event)}\n`).join('');
};

const nameOf = (files: readonly FoundFile[], name: string): FoundFile | undefined => files.find(({ event }) => event === name);

/** Another tool has put its own file where ours was, and calls ours under another name. */
const calledByAnother = (files: readonly FoundFile[], event: string): FoundFile | undefined =>
  files.find((file) => file.event.startsWith(`${event}.`) && file.bytes !== undefined && readOwnFile(file.bytes) !== undefined);

const putFile = (
  chain: FoundChain,
  { by, behind: folderBehind }: WantedChain,
  event: string,
  block: string | undefined,
  draft: Draft,
): void => {
  const { folder } = chain;
  const there = nameOf(folder.files, event);
  const isForeign = there?.bytes !== undefined && readOwnFile(there.bytes) === undefined;
  const file = isForeign ? (calledByAnother(folder.files, event) ?? there) : there;
  const path = file?.path ?? join(folder.path, event);
  const own = file?.bytes === undefined ? undefined : readOwnFile(file.bytes);
  if (file !== undefined && own === undefined) {
    if (block !== undefined) putInFolder(folder, event, block, draft);
    return;
  }
  if (own !== undefined && own.changed.length > 0) {
    draft.refuse(`${path}: somebody changed what kei-git wrote there; take those lines out of the block, or delete the file`);
    return;
  }
  const behind = by === 'path' && folderBehind !== undefined ? behindOf(chain, folderBehind) : undefined;
  const bytes = ownFile({ event, block, behind, madeFolder: true }, own?.own);
  const isSame = file?.bytes?.equals(bytes) === true && file.runs;
  const written = { bytes, mode: EXECUTABLE, was: file?.bytes };
  if (block === undefined) {
    if (!isSame) draft.silently({ kind: 'write', path, ...written }, 'add');
  } else if (isSame) draft.same(event, path, wordsOf(behind, 'the guard is there'));
  else draft.write(event, path, wordsOf(behind, file === undefined ? 'the guard is put there' : 'the guard is renewed'), written);
};

const behindOf = ({ config, configBytes = Buffer.alloc(0) }: FoundChain, folder: string): FolderBehind => ({
  folder,
  config: basename(config),
  seen: pathSeenIn(configBytes) === Buffer.from(folder).toString('latin1'),
});

const wordsOf = (behind: FolderBehind | undefined, words: string): string =>
  behind === undefined ? words : `${words}, then ${behind.folder} as before`;

/** Leads git to our folder. */
export const putChain = (chain: FoundChain, wanted: WantedChain, blocks: ReadonlyMap<string, string>, draft: Draft): void => {
  const { folder, config, configBytes = Buffer.alloc(0) } = chain;
  if (folder.kind !== 'absent' && folder.kind !== 'folder') {
    draft.refuse(`${folder.path} is no folder; move it away`);
    return;
  }
  if (folder.kind === 'absent') draft.silently({ kind: 'folder', path: folder.path }, 'add');
  for (const [event, block] of blocks) putFile(chain, wanted, event, block, draft);
  for (const event of wanted.passed) if (!blocks.has(event)) putFile(chain, wanted, event, undefined, draft);
  const included = Buffer.from(includedText(folder.path, wanted.by, [...blocks.keys()]));
  const was = nameOf(folder.files, INCLUDED)?.bytes;
  if (was?.equals(included) !== true)
    draft.silently({ kind: 'write', path: join(folder.path, INCLUDED), bytes: included, mode: 0o644, was }, 'add');
  const bytes = putConfigBlock(configBytes, `${basename(folder.path)}/${INCLUDED}`);
  const words = wanted.by === 'path' ? `hooks come from ${basename(folder.path)}` : 'the guard is a hook of the configuration';
  if (bytes.equals(configBytes)) draft.same(undefined, config, words);
  else draft.config(config, words, { bytes, mode: undefined, was: chain.configBytes });
  const known = new Set([...blocks.keys(), ...wanted.passed]);
  for (const file of folder.files) if (!known.has(file.event.replace(/\..*/, ''))) takeQuietly(chain, file, draft);
};

const takeQuietly = ({ folder }: FoundChain, file: FoundFile, draft: Draft): void => {
  const own = file.bytes === undefined ? undefined : readOwnFile(file.bytes);
  if (file.bytes === undefined || own === undefined || own.changed.length > 0 || own.own.length > 0) {
    if (file.event !== INCLUDED) takeFromFile(folder, file, draft);
  } else draft.silently({ kind: 'remove', path: file.path, was: file.bytes }, 'clear');
};

/** Gives git back what it had. */
export const takeChain = (chain: FoundChain, draft: Draft): void => {
  const { folder, config, configBytes } = chain;
  const taken = configBytes === undefined ? undefined : takeConfigBlock(configBytes);
  if (configBytes !== undefined && taken?.found === true)
    draft.config(config, 'hooks come again from where they came', { bytes: taken.bytes, mode: undefined, was: configBytes });
  if (folder.kind !== 'folder') return;
  for (const file of folder.files) takeQuietly(chain, file, draft);
  const included = nameOf(folder.files, INCLUDED)?.bytes;
  if (included?.subarray(0, HEAD.length).equals(Buffer.from(HEAD)) === true)
    draft.silently({ kind: 'remove', path: join(folder.path, INCLUDED), was: included }, 'clear');
  const foreign = folder.files.filter(
    ({ event, bytes }) => event !== INCLUDED && (bytes === undefined || readOwnFile(bytes) === undefined),
  );
  for (const { path } of foreign) draft.remark(`${path} stays: it is not kei-git's, and git no longer runs it`);
  if (taken?.found === true || folder.files.length > foreign.length) draft.line(undefined, folder.path, 'taken away');
  draft.removeFolder(folder.path);
};
