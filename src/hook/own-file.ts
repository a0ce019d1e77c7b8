import { sealBlock, takeBlocks } from './blocks.ts';
import { asideBlock, folderBlock, type FolderBehind } from './then-block.ts';

// A hook file that is ours as a whole: the guard, and what is to run behind it.

const SHEBANG = '#!/bin/sh\n';
const MADE = '# kei-git made this file; kei-git uninstall takes it away again\n';
const MADE_FOLDER = '# kei-git made this file and its folder; kei-git uninstall takes them away again\n';
const HEADS = [SHEBANG + MADE, SHEBANG + MADE_FOLDER];

/** Where a hook that no block can stand in is kept, beside ours. */
export const asideOf = (event: string): string => `${event}.before-kei-git`;

export interface OwnFile {
  readonly event: string;
  /** See `guardBlock`; undefined where this event is only handed on. */
  readonly block: string | undefined;
  /** What runs behind it: the hook that was moved aside in this folder, or that of another folder as `core.hooksPath` names it. */
  readonly behind: 'aside' | FolderBehind | undefined;
  /** There was no folder for it. */
  readonly madeFolder: boolean;
}

/** @param own lines that a person added behind ours */
export const ownFile = ({ event, block, behind, madeFolder }: OwnFile, own: Uint8Array = new Uint8Array()): Buffer => {
  const head = SHEBANG + (madeFolder ? MADE_FOLDER : MADE);
  const guard = block === undefined ? '' : sealBlock(block);
  const next = behind === undefined ? '' : behind === 'aside' ? asideBlock(event, asideOf(event)) : folderBlock(event, behind);
  return Buffer.concat([Buffer.from(head + guard + next), own]);
};

export interface ReadOwnFile {
  /** What a person added, behind what is ours. Empty: all of it is ours. */
  readonly own: Buffer;
  readonly madeFolder: boolean;
  /** Labels of blocks that a person changed. */
  readonly changed: readonly string[];
  /** It hands on to the hook of this event that was moved aside. */
  readonly aside: string | undefined;
}

/** What is in a file that we made; undefined for any other. */
export const readOwnFile = (bytes: Uint8Array): ReadOwnFile | undefined => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const head = HEADS.find((one) => text.startsWith(one));
  if (head === undefined) return undefined;
  const { bytes: own, changed } = takeBlocks(bytes.subarray(head.length));
  const aside = /^if \[ -x "\$\{0%\/\*\}\/"'([a-z0-9-]+)\.before-kei-git' \]; then$/m.exec(text)?.[1];
  return { own, madeFolder: head !== HEADS[0], changed, aside };
};

/** What is left of a file of ours when we go: nothing, or what a person wrote into it. */
export const withoutOurs = ({ own }: ReadOwnFile): Buffer | undefined =>
  own.length === 0 ? undefined : Buffer.concat([Buffer.from(SHEBANG), own]);
